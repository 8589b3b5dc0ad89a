import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Whose a profile is was not kept: it is the last one's who recorded such a file.
OF_THE_LAST_WHO_RECORDED = """
    update sales_importprofile as profile set by_id = (
        select file.by_id from sales_importfile as file
        where (file.sender, file.kind) = (profile.sender, profile.kind)
            and file.state in ('done', 'undone')
        order by file.at desc limit 1
    );
    delete from sales_importprofile where by_id is null;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0041_room_for_all_of_a_page"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="importprofile", name="import_profile_once"),
        migrations.AddField(
            model_name="importprofile",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(
            [OF_THE_LAST_WHO_RECORDED, "set constraints all immediate"], migrations.RunSQL.noop
        ),
        migrations.AlterField(
            model_name="importprofile",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="importprofile",
            constraint=models.UniqueConstraint(
                fields=("by", "sender", "kind", "heads"), name="import_profile_once"
            ),
        ),
    ]
