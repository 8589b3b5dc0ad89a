"""The foot of a Word document: code and issue of what it was made under, and the page. Pure."""

from typing import Any

from reporting.builders.speaking import t


def write_foot(document: Any, line: str) -> None:
    """Write the line and page x/y under whatever foot the filled template has."""
    from docx.shared import Pt

    # What docxtpl filled in is known by its relation only: the sections would write into the foot before.
    part = document.docx.part
    filled = {key: rel.target_part for key, rel in part.rels.items() if not rel.is_external}
    part.related_parts.update(filled)
    for section in document.docx.sections:
        feet = [section.footer]
        if section.different_first_page_header_footer:
            feet.append(section.first_page_footer)
        for foot in feet:
            foot.is_linked_to_previous = False
            paragraph = foot.paragraphs[-1] if len(foot.paragraphs) == 1 else foot.add_paragraph()
            if paragraph.text.strip():
                paragraph = foot.add_paragraph()
            for text, code in ((f"{line} · {t('Trang')} ", "PAGE"), ("/", "NUMPAGES")):
                paragraph.add_run(text).font.size = Pt(8)
                _field(paragraph, code)


def _field(paragraph: Any, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = paragraph.add_run("1")
    run.font.size = Pt(8)
    field.append(run._r)
    paragraph._p.append(field)
