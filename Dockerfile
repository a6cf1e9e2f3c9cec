# The service in a small image. Build: docker build -t paidan .
# Run:   docker run -p 8080:8080 -v paidan-data:/data --env-file .env paidan
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/paidan
COPY requirements/run.txt requirements/run.txt
RUN /opt/paidan/bin/pip install --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY routing routing
COPY store store
COPY sandbox sandbox
# Not editable: the image needs no source folder. The packages it needs are there already.
RUN /opt/paidan/bin/pip install --no-deps --no-build-isolation . \
    && /opt/paidan/bin/python -m compileall -q /opt/paidan/lib

FROM python:3.11-slim
# A fixed number, so that a volume keeps its owner from image to image.
RUN groupadd --gid 10001 paidan \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin paidan \
    && install -d -o 10001 -g 10001 -m 0750 /data
COPY --from=build /opt/paidan /opt/paidan
ENV PATH=/opt/paidan/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PAIDAN_HOST=0.0.0.0 \
    PAIDAN_PORT=8080 \
    PAIDAN_DATABASE_URL=sqlite:////data/paidan.db
USER 10001:10001
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8080
# serve ends by itself within 10 seconds of SIGTERM, which is what `docker stop` sends and waits for.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PAIDAN_PORT'] + '/healthz', timeout=2)"]
CMD ["paidan", "serve", "--upgrade"]
