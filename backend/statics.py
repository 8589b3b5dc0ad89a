"""How static files are kept for serving: named by their content, compressed once by gzip.

Not by Brotli: at its best quality it takes half a minute for the API's documentation pages, for a
few kilobytes less on a company's own network. And not what is asked for by who mends the libraries
of those pages: their source maps, most of all bytes.
"""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Manifest storage without Brotli. Pages ask for hashed names only."""

    keep_only_hashed_files = True

    def create_compressor(self, **options: Any) -> Compressor:
        skipped = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
        return Compressor(**{**options, "extensions": skipped, "use_brotli": False})
