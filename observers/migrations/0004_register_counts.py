"""The counts beside the register's filters, from the index alone."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("observers", "0003_admission")]

    operations = [
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                fields=["election", "kind", "status", "constituency", "organisation"],
                name="register_counts",
                condition=Q(status__in=("approved", "cancelled")),
            ),
        ),
    ]
