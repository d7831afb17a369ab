"""What a group may do in an area of the business."""

from django.db import models
from guardian.models import GroupObjectPermissionBase

from governance.models.people import Domain


class DomainRight(GroupObjectPermissionBase):
    """A group may do something in a domain: own it, or look after it.

    The rows follow the groups a domain names; the database writes them, and refuses one
    that is written by hand. Rights are a group's, and never a person's.
    """

    content_object = models.ForeignKey(
        Domain, on_delete=models.CASCADE, related_name="rights"
    )

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.group}: {self.permission.codename} {self.content_object_id}"
