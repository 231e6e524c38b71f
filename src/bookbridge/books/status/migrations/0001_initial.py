from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="MaintenanceWindow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=300)),
                ("planned_by", models.CharField(max_length=200)),
                ("planned_at", models.DateTimeField()),
                ("ended_early_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["-ends_at"], name="status_window_ends_at")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="status_window_ends_after_start",
                    )
                ],
            },
        ),
    ]
