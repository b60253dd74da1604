from django.db import migrations

FILL = """
SELECT observers_register_anew(array_agg(id)) FROM (
    SELECT id, row_number() OVER () / 50000 AS portion FROM observers_application
    WHERE status IN ('approved', 'cancelled')
) registered GROUP BY portion
"""


class Migration(migrations.Migration):
    dependencies = [("observers", "0029_the_register")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
