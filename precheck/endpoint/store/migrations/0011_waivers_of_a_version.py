import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_the_versions(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    """Nothing can be accepted but of a run under the version in force: what was when a waiver was
    given is what it was given for."""
    entries = apps.get_model("store", "PolicyEntry").objects.order_by("entered_at", "id")
    waivers = apps.get_model("store", "Waiver").objects.select_related("appointment__office")
    for waiver in waivers.all():
        office = waiver.appointment.office
        then = entries.filter(office=office, entered_at__lte=waiver.given_at).last()
        waiver.policy_id = then.version_id if then else office.policy_id
        waiver.save(update_fields=["policy"])


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0010_deleted_reports"),
    ]

    operations = [
        migrations.AddField(
            model_name="waiver",
            name="policy",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.policyversion",
            ),
        ),
        migrations.RunPython(name_the_versions, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="waiver",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.policyversion",
            ),
        ),
    ]
