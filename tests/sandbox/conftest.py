"""A sandbox and an application, connected over loopback."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox.config import CallbackTiming, Department, OtherApp, Person, SandboxConfig, Tag
from sandbox.server import Sandbox, run_sandbox
from tests.sandbox.application import Application, connected, run_application

CONFIG = SandboxConfig(
    people=(
        Person("ZhangSan", "张三", departments=(2,)),
        Person("lisi", "李四", departments=(2, 3)),
        Person("lijing", "李静", role="manager", departments=(1,)),
        Person("hidden", "外人", in_range=False),
        Person("gone", "离职者", status=5),
    ),
    departments=(Department(1, "公司"), Department(2, "华东", 1), Department(3, "华东一组", 2)),
    tags=(Tag(5, "值班", ("lisi",)),),
    other_apps=(OtherApp(1000009, "other-secret"),),
    timing=CallbackTiming(answer_s=0.3, verification_s=0.3, retry_spacing_s=0.02),
)


@pytest.fixture
def config() -> SandboxConfig:
    """Give the configuration; a test file may override parts of it."""
    return replace(CONFIG)


@pytest.fixture
async def sandbox(config: SandboxConfig) -> AsyncIterator[Sandbox]:
    """Give a running sandbox."""
    async with run_sandbox(config) as running:
        yield running


@pytest.fixture
async def app(sandbox: Sandbox) -> AsyncIterator[Application]:
    """Give an application whose callback address the sandbox has verified."""
    async with run_application(sandbox.config) as application, connected(application, sandbox):
        yield application
