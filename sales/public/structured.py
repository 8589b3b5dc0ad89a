"""What search engines read of a page: JSON-LD in the words of schema.org."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend.org.models import Company
from sales.public.frame import absolute
from sales.public.sheets import Shown, address_of


def creator() -> dict[str, str]:
    """The company as who published something."""
    return {"@type": "Organization", "name": Company.objects.own().name, "url": absolute("/")}


def result_data(sheet: Shown) -> dict[str, Any]:
    """The result as a data set, one value for each prize."""
    day = sheet.day
    title = _("Kết quả xổ số miền Bắc ngày {day}").format(day=f"{day:%d/%m/%Y}")
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": title,
        "description": _("{title}, đơn vị quay {host}.").format(title=title, host=sheet.draw.host),
        "url": address_of(day),
        "inLanguage": get_language(),
        "creator": creator(),
        "isAccessibleForFree": True,
        "temporalCoverage": day.isoformat(),
        "spatialCoverage": sheet.draw.host,
        **({"dateModified": sheet.published_at.isoformat()} if sheet.published_at else {}),
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/json",
                "contentUrl": absolute(reverse("result_json", args=[day.isoformat()])),
            }
        ],
        "variableMeasured": [
            {"@type": "PropertyValue", "name": label, "value": " ".join(numbers)}
            for _kind, label, numbers in sheet.rows
        ],
    }
