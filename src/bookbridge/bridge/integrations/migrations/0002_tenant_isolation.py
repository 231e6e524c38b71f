"""Keeps clients apart in the settings of integrations."""

from django.db import migrations

from bookbridge.bridge.clients.tenancy import COLUMN, SETTING
from bookbridge.kit.tenancy import EnableRls


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial")]

    operations = [EnableRls("integrations_integrationsettings", COLUMN, SETTING, "uuid")]
