"""A client's key for Zapier; as with API keys, only its hash is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial")]

    operations = [
        migrations.AddField(
            "client", "zapier_key_hash", models.BinaryField(null=True, unique=True)
        ),
    ]
