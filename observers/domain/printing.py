"""PDFs from the templates in `templates/print/`.

What a template shows is handed to it as JSON and read there as text, so nothing that a person
typed is ever a command of the template. The fonts come with the portal: a receipt looks the same
wherever it is made.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings

# Four thousand names take two seconds.
PATIENCE = 60


def as_pdf(template: str, facts: Mapping[str, Any], *, tagged: bool = True) -> bytes:
    """The pages that `template` makes of `facts`, which must be JSON. `tagged`: with the structure
    that programs read aloud, which for thousands of lines is most of the file.

    Made in a process of its own: the typesetter keeps the memory that a long list took, hundreds
    of megabytes, and a web server's process lives long. Never within a transaction. Raises
    CalledProcessError where the template is wrong.
    """
    untagged = [] if tagged else ["untagged"]
    made = subprocess.run(
        [sys.executable, "-m", "observers.domain.typesetting", template, *untagged],
        input=json.dumps(facts, ensure_ascii=False).encode(),
        stdout=subprocess.PIPE,
        cwd=settings.BASE_DIR,
        timeout=PATIENCE,
        check=True,
    )
    return made.stdout
