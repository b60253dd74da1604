"""Badges of before say what their applications say, from when they were issued to the end of the
day after polling."""

from django.db import migrations

FILL = """
UPDATE observers_badge b
SET number = coalesce(a.accreditation_number, ''), kind = a.kind, scope = a.scope,
    constituency_id = a.constituency_id, valid_from = b.issued_at,
    valid_until = greatest(
        b.issued_at + interval '1 day', (e.polling_on + 2)::timestamp AT TIME ZONE e.time_zone
    )
FROM observers_application a
JOIN elections_election e ON e.id = a.election_id
WHERE a.id = b.application_id
"""


class Migration(migrations.Migration):
    dependencies = [("observers", "0020_what_badges_say")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
