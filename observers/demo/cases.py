"""An application while its past is being told."""

from dataclasses import dataclass

from accounts.copying import Columns
from accounts.models import User
from elections.models import Commission, Window
from observers.models import Application


@dataclass(slots=True)
class Case:
    """The columns of a row, and what they point to: an instance for each of them would take
    more time than everything else about it."""

    columns: Columns
    full_name: str
    applicant: User
    commission: Commission
    window: Window

    def as_application(self) -> Application:
        """As the domain knows it, without a query. What is done to it changes no column."""
        row = Application(**self.columns)
        row.election, row.window = self.commission.election, self.window
        row.commission, row.applicant = self.commission, self.applicant
        return row
