from django.db import migrations

COUNT = """
INSERT INTO observers_applicationcount (
    election_id, commission_id, status, kind, scope, constituency_id, organisation_id, applications
)
SELECT election_id, commission_id, status, kind, scope, constituency_id, organisation_id, count(*)
FROM observers_application
WHERE status IN ('submitted', 'under_review', 'returned', 'approved', 'refused', 'cancelled')
GROUP BY election_id, commission_id, status, kind, scope, constituency_id, organisation_id
"""


class Migration(migrations.Migration):
    dependencies = [("observers", "0023_applications_are_counted")]

    operations = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
