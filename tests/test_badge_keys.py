"""Keys of badges: which signs, which verify, how they are changed, made and published."""

import base64
import json
from io import StringIO
from pathlib import Path

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from config import checks
from observers.badges import keys, tokens
from observers.badges.tokens import BadgeFacts, NotGenuine
from tests import badge_vectors as vectors

FILE = json.loads(Path("docs/badge-test-vectors.json").read_text())
OLD = base64.b64encode(vectors.SEED).decode()
NEW = base64.b64encode(vectors.OTHER_SEED).decode()
# As the public part of a key is written.
PUBLIC = "Vx9RTxN3R3JgN65gnpvgPE6L-r9s8rPczSXmxZy-00M"
FACTS = BadgeFacts(**vectors.facts_of(vectors.FACTS["one constituency"]))
pytestmark = pytest.mark.usefixtures("published_key")


# --- Which signs, which verify --------------------------------------------------------------------


def test_a_badge_of_a_portal_with_other_keys_is_not_genuine(settings):
    token = tokens.sign(FACTS)
    for others in (f"t1:{NEW}", f"k2:{OLD}"):
        settings.BADGE_KEYS = [others]
        with pytest.raises(NotGenuine):
            tokens.read(token)


def test_a_new_key_signs_and_the_old_one_still_verifies(settings):
    before = tokens.sign(FACTS)
    settings.BADGE_KEYS = [f"t2:{NEW}", f"t1:{OLD}"]
    after = tokens.sign(FACTS)
    assert after != before
    assert tokens.read(after) == tokens.read(before) == FACTS


def test_a_key_whose_private_part_is_gone_still_verifies(settings):
    before = tokens.sign(FACTS)
    settings.BADGE_KEYS = [f"t2:{NEW}"]
    settings.BADGE_RETIRED_KEYS = [f"t1:{FILE['key']['jwk']['x']}"]
    assert tokens.read(before) == FACTS
    assert [key.kid for key in keys.public_keys().values()] == ["t2", "t1"]


def test_a_key_that_is_announced_does_not_sign_yet(settings):
    before = tokens.sign(FACTS)
    settings.BADGE_KEYS = [f"t1:{OLD}", f"t2:{NEW}"]
    assert tokens.sign(FACTS) == before
    assert "t2" in keys.public_keys()


def test_keys_can_stand_in_a_file(settings, tmp_path):
    path = tmp_path / "keys"
    path.write_text(f"t2:{NEW}\n\nt1:{OLD}\n")
    settings.BADGE_KEYS, settings.BADGE_KEYS_FILE = [], str(path)
    assert (keys.signing_key().kid, list(keys.public_keys())) == ("t2", ["t2", "t1"])


def test_a_key_does_not_show_its_secret():
    assert vectors.SEED.hex() not in repr(keys.signing_key())
    assert repr(vectors.SEED) not in repr(keys.signing_key())


@pytest.mark.parametrize(
    ("private", "path", "retired", "refused"),
    [
        ([f"k2:{NEW}", f"k1:{NEW}"], "", [f"k0:{PUBLIC}"], []),
        ([], "", [], ["portal.E011"]),
        ([], "", [f"k0:{PUBLIC}"], ["portal.E011"]),
        ([PUBLIC], "", [], ["portal.E011"]),
        ([NEW], "", [], ["portal.E011"]),
        (["k1:c2hvcnQ="], "", [], ["portal.E011"]),
        (["k1:not base64"], "", [], ["portal.E011"]),
        ([f"long1:{NEW}"], "", [], ["portal.E011"]),
        ([f"k-1:{NEW}"], "", [], ["portal.E011"]),
        ([f"ə:{NEW}"], "", [], ["portal.E011"]),
        ([f":{NEW}"], "", [], ["portal.E011"]),
        ([f"k1:{NEW}", f"k1:{NEW}"], "", [], ["portal.E011"]),
        ([f"k1:{NEW}"], "", [f"k1:{PUBLIC}"], ["portal.E011"]),
        ([f"k1:{NEW}"], "", ["k0:nothing"], ["portal.E011"]),
        ([], "/nowhere/keys", [], ["portal.E011"]),
        ([f"k1:{NEW}"], "/nowhere/keys", [], ["portal.E011", "portal.E011"]),
        ([f"k2:{NEW}", f"k1:{OLD}"], "", [], ["portal.E012"]),
    ],
)
def test_keys_that_cannot_be_used_are_refused(settings, private, path, retired, refused):
    settings.BADGE_KEYS, settings.BADGE_KEYS_FILE = private, path
    settings.BADGE_RETIRED_KEYS = retired
    assert [found.id for found in checks.badge_keys_are_usable(None)] == refused


def test_a_refused_key_is_not_printed(settings):
    settings.BADGE_KEYS = [NEW, f"{NEW}:k1", f"k1:{NEW}A"]
    found = str(checks.badge_keys_are_usable(None))
    assert found.count("must read") == 3
    assert NEW not in found


def test_a_private_key_among_the_retired_is_refused_and_not_published(client, settings):
    settings.BADGE_RETIRED_KEYS = [f"k0:{NEW}"]
    with pytest.raises(ImproperlyConfigured, match="Entry 1 of BADGE_RETIRED_KEYS"):
        client.get("/verify/keys.json")


def test_nothing_is_signed_or_read_with_half_of_the_keys(settings):
    """A key left out in silence would make forgeries of genuine badges."""
    settings.BADGE_KEYS = [f"t1:{OLD}", "t2:broken"]
    with pytest.raises(ImproperlyConfigured, match="Entry 2 of BADGE_KEYS"):
        tokens.read(FILE["genuine"][0]["token"])


def test_the_embedded_services_add_the_key_that_an_older_folder_lacks(tmp_path):
    from config.embedded import state

    (tmp_path / "keys").write_text("SECRET_KEY=s\nFIELD_KEYS=k1:f\nBLIND_INDEX_KEY=b==\n")
    first = state.keys(tmp_path)
    assert first == {
        "SECRET_KEY": "s",
        "FIELD_KEYS": "k1:f",
        "BLIND_INDEX_KEY": "b==",
        "BADGE_KEYS": first["BADGE_KEYS"],
    }
    assert state.keys(tmp_path) == first


# --- The command ----------------------------------------------------------------------------------


def printed(*arguments):
    out = StringIO()
    call_command("badge_key", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_makes_a_key_that_signs(settings):
    _, secret, _, public = printed()
    settings.BADGE_KEYS = [secret]
    token = tokens.sign(FACTS)
    settings.BADGE_KEYS, settings.BADGE_RETIRED_KEYS = [f"t1:{OLD}"], [public.removeprefix("# ")]
    assert secret.startswith("k1:")
    assert tokens.read(token) == FACTS


def test_the_command_makes_another_key_each_time():
    assert printed("k7")[1] != printed("k7")[1]


def test_the_command_repeats_the_public_part_of_a_key_that_is_there():
    assert printed("t1")[1:] == [f"t1:{FILE['key']['jwk']['x']}"]


def test_the_command_works_before_there_is_any_key(settings):
    settings.BADGE_KEYS = []
    assert printed()[1].startswith("k1:")


def test_the_command_refuses_a_long_id():
    with pytest.raises(CommandError, match="1 to 4 letters"):
        printed("longer")


# --- keys.json ------------------------------------------------------------------------------------


def test_the_public_keys_verify_a_badge_without_any_library_of_tokens(client, settings):
    settings.BADGE_KEYS = [f"t2:{NEW}", f"t1:{OLD}"]
    published = client.get("/verify/keys.json").json()["keys"]
    assert [jwk["kid"] for jwk in published] == ["t2", "t1"]
    tag = cbor2.loads(vectors.bytes_of(tokens.sign(FACTS)))
    protected, _unprotected, payload, signature = tag.value
    jwk = next(jwk for jwk in published if jwk["kid"].encode() == cbor2.loads(protected)[4])
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(jwk["x"] + "="))
    public.verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))


def test_the_public_keys_hold_nothing_else(client):
    assert client.get("/verify/keys.json").json() == {
        "keys": [FILE["key"]["jwk"] | {"alg": "EdDSA", "use": "sig"}]
    }


def test_the_public_keys_are_for_every_site_and_kept_for_a_while(client):
    answer = client.get("/verify/keys.json")
    assert answer["Content-Type"] == "application/jwk-set+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in answer.get("Vary", "")
    again = client.get("/verify/keys.json", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")


def test_the_public_keys_are_only_read(client):
    assert client.post("/verify/keys.json").status_code == 405
