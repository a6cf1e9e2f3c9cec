"""Test vectors of WeCom's callback encryption.

V1 and V2 are WeCom's own (developer.work.weixin.qq.com/document/path/90968). V3, V5 and V6 were made with a fixed
random prefix and cross-checked with the official Node package, the official Python sample and wechatpy. V4 is a
robot's message: JSON, and no receiver.
"""

from __future__ import annotations

from dataclasses import dataclass

TOKEN = "QDG6eK"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


@dataclass(frozen=True, slots=True)
class Vector:
    """One packet: what came in, and what must come out."""

    name: str
    corp_id: str
    signature: str
    timestamp: str
    nonce: str
    encrypted: str
    message: str

    @property
    def query(self) -> dict[str, str]:
        """The query of the request."""
        return {"msg_signature": self.signature, "timestamp": self.timestamp, "nonce": self.nonce}

    @property
    def body(self) -> bytes:
        """The body of the request."""
        return (
            f"<xml><ToUserName><![CDATA[{self.corp_id}]]></ToUserName><AgentID><![CDATA[1000002]]></AgentID>"
            f"<Encrypt><![CDATA[{self.encrypted}]]></Encrypt></xml>"
        ).encode()


V1 = Vector(
    name="V1",
    corp_id="wx5823bf96d3bd56c7",
    signature="5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    timestamp="1409659589",
    nonce="263014780",
    encrypted="P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
    message="1616140317555161061",
)
V2 = Vector(
    name="V2",
    corp_id="wx5823bf96d3bd56c7",
    signature="477715d11cdb4164915debcba66cb864d751f3e6",
    timestamp="1409659813",
    nonce="1372623149",
    encrypted=(
        "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg"
        "3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+k"
        "DZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6ti"
        "WSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p"
        "8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
    ),
    message=(
        "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n<FromUserName><![CDATA[mycreate]]></Fro"
        "mUserName>\n<CreateTime>1409659813</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA"
        "[hello]]></Content>\n<MsgId>4561255354251345929</MsgId>\n<AgentID>218</AgentID>\n</xml>"
    ),
)
V3 = Vector(
    name="V3",
    corp_id="wwcorp0000000001",
    signature="e47e7ddd64fe9995245b41f2de3a000f1c1396df",
    timestamp="1760000001",
    nonce="nonce0001",
    encrypted=(
        "sKqRbbiSUnDhFHOvPjtUMW9kc7ntlVGvEVCaicelvYeQug+Crmob6JOIfJLm3cpiIW46Og41fcwm4axWmmdfj2pPUci/DOdQTalV"
        "84gllwGS/6zHPyaLHyHKGVFA0Vz6SvNmJ/Lt20w7cmupjvWbb4mGY9LPChmrxtA5SgMo+y6oZurwFPyF75Bbf7JJudj34/RoVs5f"
        "uCzpTj0QdNSPtL9fJGJhrc7ySp6Wdia8g3vzkzwocKFIUZZskckMlRrRj9Jp6CtppJrSm53ollDSQtS0gEvseHTtt1+9CohYHiQY"
        "WdKEXc/0/TW++SWfbXdYPIhS/tnoYeuPwEudDmZuf0CJWXKBXnmYKRSoub0qrk3Lf9M5xInlyp0zh/uSRRavbpHonJ89BzBRwgg6"
        "sS48scdtf3WtSCjjniobNbHLHUyulo9vFR25E1vco5EyYgQz6Ds/7Ow/Gy3Fp6FVOHa746DGJTi6RnybJnLyJ7O549do6K76kAmL"
        "PH3MuqvVk8RFtpUsPemfZgwNRCLdEtLtooNNlPgnWON8Ndlun9w0e6NuwFVYET2GNQ8OJ7Kh2wR46D440DQxP4UxoPEUalCW8pee"
        "+kVWndhM+lBvvDZO96Hm1VddqkYNtCBfE0R8Rj49"
    ),
    message=(
        "<xml><ToUserName><![CDATA[wwcorp0000000001]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUs"
        "erName><CreateTime>1760000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[templa"
        "te_card_event]]></Event><EventKey><![CDATA[accept]]></EventKey><TaskId><![CDATA[lead_1001_a1]]></Tas"
        "kId><CardType><![CDATA[button_interaction]]></CardType><ResponseCode><![CDATA[RC-0001]]></ResponseCo"
        "de><AgentID>1000002</AgentID></xml>"
    ),
)
V4 = Vector(
    name="V4",
    corp_id="",
    signature="a146428b9d6dca8eee4e8f5a2ce500dbc6e23c88",
    timestamp="1760000002",
    nonce="nonce0002",
    encrypted=(
        "sKqRbbiSUnDhFHOvPjtUMZQiFZpb9l7aVipFpiA2ufpdx2rCi0aI+eaxV1h1cusmnaKmuReV7Jp9fRSaOWw8wSbuCiKE0OP78bVe"
        "xvwZxF+IDjPHHyYNTELrEA33V5vyl6vSImwENVVhuEfI22IWMB6HN8Qrh4VkFMDU3aosliN0vn9dv4OBrI+lw8Mm7GssEL9ZDBQY"
        "vs1llpNtkk/dAw=="
    ),
    message=(
        '{"msgid":"m-0001","aibotid":"AIB0001","chattype":"single","from":{"userid":"zhangsan"},"msgtype":"te'
        'xt","text":{"content":"派单"}}'
    ),
)
V5 = Vector(
    name="V5",
    corp_id="wwcorp0000000001",
    signature="40b8e7d0dd3f4c901689c9272367f9197bd468f5",
    timestamp="1760000003",
    nonce="nonce0003",
    encrypted=(
        "sKqRbbiSUnDhFHOvPjtUMaW5qZrQn2YH7Sj/ALnvkXze1I5EoPS+esPApssZSxNgPmkefdXRVhTsaBBneqhE2ALhmUgzybGppidS"
        "0KSxP/qkZyQ6YplAxyQKxDedTWfh"
    ),
    message="AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
)
V6 = Vector(
    name="V6",
    corp_id="ww1",
    signature="e4750b5ad1c9d2aa1623dcd22c215cf7b7ffcd6f",
    timestamp="1760000004",
    nonce="n4",
    encrypted="sKqRbbiSUnDhFHOvPjtUMbfFrH6eo6bRmId5fdmzjeQ=",
    message="hello",
)
ALL = [V1, V2, V3, V4, V5, V6]
