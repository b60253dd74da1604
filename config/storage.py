"""How static files are named."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django follows imports in every script or in none, and stops at one that a package only mentions
# in a comment.
_, _IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed names, also where one of our modules imports another."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/verify/*.js", _IMPORTS))
