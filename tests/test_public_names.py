"""How much of a name everybody may read, by election and by kind."""

import pytest
from django.core.exceptions import ValidationError

from elections.enums import Kind, NamePolicy
from elections.forms import NamePoliciesField
from tests.builders import an_election


@pytest.mark.django_db
def test_a_kind_without_a_policy_of_its_own_has_the_elections():
    election = an_election(name_policy="initials", name_policies={"party": "full"})
    assert election.name_policy_of(Kind.PARTY) == NamePolicy.FULL
    assert election.name_policy_of(Kind.OWN_INITIATIVE) == NamePolicy.INITIALS


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"party": "none"}, {"parties": "full"}, ["party"], "full"])
def test_a_policy_that_does_not_exist_is_refused(wrong):
    election = an_election()
    election.name_policies = wrong
    with pytest.raises(ValidationError) as refused:
        election.full_clean()
    assert list(refused.value.error_dict) == ["name_policies"]


def test_the_form_keeps_only_what_differs():
    chosen = ["initials", "", "full", "", "", "", ""]
    assert NamePoliciesField().clean(chosen) == {"own_initiative": "initials", "party": "full"}
    assert NamePoliciesField().widget.decompress({"party": "full"})[:3] == ["", "", "full"]
