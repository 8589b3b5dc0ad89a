"""Hands that only have a keyboard."""

from playwright.sync_api import Locator, Page, expect

#: No page of ours has its main job further away than this many presses of Tab.
FAR = 120
WHERE = (
    "node => !node.isConnected ? 'gone' : node === document.activeElement ? 'here' : 'elsewhere'"
)


def tab_to(page: Page, wanted: Locator, *, back: bool = False) -> None:
    """Press Tab (or Shift+Tab) until the element has the focus; on the way none may be unseen.

    It is looked for once, and again where the page has put another in its place.
    """
    node = wanted.element_handle()
    for _ in range(FAR):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        match node.evaluate(WHERE):
            case "here":
                return
            case "gone":
                node = wanted.element_handle()
    expect(wanted).to_be_focused()


def write(page: Page, field: Locator, text: str) -> None:
    """Go to the field and type. Dates and times are `fill`ed: their order is the browser's."""
    tab_to(page, field)
    if field.get_attribute("type") in ("date", "time", "month"):
        field.fill(text)
    else:
        page.keyboard.type(text)
