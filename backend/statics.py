"""How static files are kept for serving: named by their content, compressed once by gzip.

Not by Brotli: at its best quality it takes half a minute for the API's documentation pages, for a
few kilobytes less on a company's own network.
"""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Manifest storage without Brotli."""

    def create_compressor(self, **options: Any) -> Compressor:
        return Compressor(**{**options, "use_brotli": False})
