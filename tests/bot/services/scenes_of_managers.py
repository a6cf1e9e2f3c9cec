"""More scenes: documents that go with a lead, and leads that managers look at."""

from dataclasses import replace

from bot.services.document_store import DocumentFile, keep
from tests.bot.services.scenes import TEAM, lead, post, scene
from tests.support.office import Company

#: All scenes, those of the other module included.


@scene(
    rules="[{name: Rest, teams: [east], documents: [guide, price list], script: first call}]",
    documents="[{name: guide, file: guide.pdf, version: '1', in_force: 2026-01-01..2026-12-31}, "
    "{name: price list, file: prices.pdf, version: '1', in_force: 2025-01-01..2025-12-31}]",
)
async def documents_follow_the_card(floor: Company) -> None:
    """One is there, one is missing; with a public address the first has a link."""
    await floor.do(lambda desk: keep(desk, [DocumentFile("guide", "1", "guide.pdf", b"%PDF")]))
    await lead(floor, "Acme")
    floor.runner.public_url = "https://leads.example.com"
    await lead(floor, "Bolt")


@scene(review="{best_share: 5%, always: [{name: listed, when: {company_listed: true}}], falls_back_after: work 15m}",
       scoring="{base: 99}", team=TEAM.replace("managers: [mia]", "managers: [mia, noor]"))  # fmt: skip
async def managers_look_at_leads(floor: Company) -> None:
    """The best wait for a manager; what somebody has already is confirmed, left alone, or given to somebody else."""
    for company, act in (("Acme", "keep"), ("Bolt", "lapse"), ("Coil", "move")):
        lead_id = await lead(floor, company)
        await floor.taps("mia", f"1:assign:L{lead_id}:0:adam")
        await floor.says("adam", f"accept L{lead_id}")
        row = await floor.row(lead_id)
        await post(floor, replace(row.lead, company_listed=True))
        await floor.says("mia", "review")
        if act == "keep":
            await floor.taps("mia", f"1:keep:L{lead_id}:2")
            await floor.taps("noor", f"1:keep:L{lead_id}:2")
        elif act == "move":
            await floor.taps("mia", f"1:move:L{lead_id}:2")
            await floor.says("adam", f"lost L{lead_id} too dear")
        else:
            await floor.goes(minutes=15)
    await floor.says("mia", "review")


@scene()
async def reps_appeal(floor: Company) -> None:
    """One lead stays where it is, the other is closed meanwhile."""
    for company in ("Acme", "Bolt"):
        lead_id = await lead(floor, company)
        offer = await floor.running(lead_id)
        assert offer is not None
        other = "beth" if offer.rep_id == "adam" else "adam"
        await floor.says(offer.rep_id, f"accept L{lead_id}")
        await floor.says(other, f"appeal L{lead_id} mine")
        if company == "Acme":
            await floor.taps("mia", f"1:keep:L{lead_id}:1")
        else:
            await floor.says(offer.rep_id, f"lost L{lead_id} too dear")
