"""When a window closes for whom: the one place that knows, used by triggers and pages alike.

While no constituency is chosen, the last of them counts: a draft may still be meant for it.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION elections_closes_at(window_id bigint, constituency_id bigint, kind text)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT greatest(w.closes_at, max(e.until))
    FROM elections_window w
    LEFT JOIN elections_extension e
        ON e.window_id = w.id
        AND (e.constituency_id IS NULL OR e.constituency_id = $2
            OR ($2 IS NULL AND w.scope = 'constituency'))
        AND (e.kind = '' OR e.kind = $3)
    WHERE w.id = $1
    GROUP BY w.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("elections", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION elections_closes_at(bigint, bigint, text)"),
    ]
