"""An application while its past is being told."""

from dataclasses import dataclass

from accounts.copying import Columns
from accounts.models import User
from elections.models import Commission, Window
from observers.models import Application, PaperForm


@dataclass(slots=True)
class Case:
    """The columns of a row, and what they point to: an instance for each of them would take
    more time than everything else about it."""

    columns: Columns
    full_name: str
    applicant: User
    commission: Commission
    window: Window
    # Whether it was returned and sent again.
    came_back: bool = False
    # Of one that came on paper: its letters are in this language.
    language_on_paper: str = ""

    @property
    def on_paper(self) -> bool:
        return bool(self.language_on_paper)

    @property
    def language(self) -> str:
        return self.language_on_paper or self.applicant.language

    def as_application(self) -> Application:
        """As the domain knows it, without a query. What is done to it changes no column."""
        row = Application(**self.columns)
        row.election, row.window = self.commission.election, self.window
        row.commission, row.applicant = self.commission, self.applicant
        if self.on_paper:
            row.paper_form = PaperForm(application=row, language=self.language_on_paper)
        return row
