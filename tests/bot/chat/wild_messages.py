"""Hypothesis strategies: every kind of message, filled with text that nobody wished for."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from bot.messaging import (
    AcceptedCard,
    CardMessage,
    ChoiceCard,
    ClosedCard,
    ConfirmCard,
    LeadProfile,
    OfferCard,
    Option,
    ReasonVote,
    ReviewCard,
)

FAMILY = "👨‍👩‍👧‍👦"
_NASTY_TEXTS = [
    FAMILY * 60,
    "🇨🇳🇺🇳" * 30,
    "👍🏽" * 50,
    "影像设备想了解报价" * 1200,
    "<script>alert(1)</script><a href='https://x.example'>点我</a>",
    "\u202e请注意\u2066倒着\u2069的字",
    "مرحبا بالعالم " * 20,
    "שלום " * 40,
    "a\x00b\nc\r\n\td\u2028e",
    "\ud83d",
    "e\u0301\u0302\u0303" * 30,
    "",
    "   ",
    "\u200b\u2060\ufeff",
    "각각" * 40,
    "]]>&lt;xml>",
    r"\u4f60\x00\n",
]  # fmt: skip
# By number: hypothesis prints its strategies when a test fails.
_NASTY = st.sampled_from(range(len(_NASTY_TEXTS))).map(_NASTY_TEXTS.__getitem__)
WILD = st.one_of(_NASTY, st.text(max_size=200), st.text(alphabet=st.characters(exclude_categories=[]), max_size=120))
_MAYBE = st.one_of(st.none(), WILD)
_LINK = st.one_of(st.none(), st.just("https://paidan.example.com/l/1001"), WILD, st.just("https://x/" + "a" * 3000))
_SUBJECT = st.from_regex(r"[0-9A-Za-z_@-]{1,40}", fullmatch=True)
_NUMBER = st.integers(min_value=0, max_value=10**8)
_PRINTABLE = st.characters(codec="utf-8", exclude_characters="\\", exclude_categories=["C", "Z"])
_OPTIONS = st.lists(
    st.builds(Option, id=st.text(alphabet=_PRINTABLE, min_size=1, max_size=30), text=WILD),
    max_size=25,
).map(tuple)
_DURATION = st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=30))

PROFILES = st.builds(
    LeadProfile,
    source=WILD, company=_MAYBE, contact=_MAYBE, masked_phone=_MAYBE, masked_wechat=_MAYBE, masked_email=_MAYBE,
    score=st.one_of(st.none(), st.integers(0, 100)), grade=_MAYBE, need=_MAYBE, region=_MAYBE, industry=_MAYBE,
    size=_MAYBE, product=_MAYBE, prior_orders=_MAYBE, traits=st.lists(WILD, max_size=8).map(tuple),
    score_reasons=st.lists(WILD, max_size=5).map(tuple),
)  # fmt: skip
OFFERS = st.builds(
    OfferCard, lead_id=_SUBJECT, offer_no=_NUMBER, profile=PROFILES, answer_within=_DURATION, deadline_text=_MAYBE,
    why_you=_MAYBE, link=_LINK,
)  # fmt: skip
MESSAGES: st.SearchStrategy[CardMessage] = st.one_of(
    OFFERS,
    st.builds(
        AcceptedCard, lead_id=_SUBJECT, offer_no=_NUMBER, profile=PROFILES, owner=WILD, phone=_MAYBE, wechat=_MAYBE,
        email=_MAYBE, follow_up_by=_MAYBE, link=_LINK,
    ),
    st.builds(ClosedCard, subject=_SUBJECT, text=WILD, offer_no=_NUMBER, title=_MAYBE, detail=_MAYBE),
    st.builds(ReasonVote, lead_id=_SUBJECT, offer_no=_NUMBER, reasons=_OPTIONS),
    st.builds(ConfirmCard, confirm_id=_SUBJECT, title=WILD, lines=st.lists(WILD, max_size=9).map(tuple)),
    st.builds(ChoiceCard, choice_id=_SUBJECT, title=WILD, options=_OPTIONS),
    st.builds(
        ReviewCard, lead_id=_SUBJECT, review_no=_NUMBER, profile=PROFILES, why=WILD, suggestions=_OPTIONS, link=_LINK
    ),
)  # fmt: skip
