"""What we agreed: who may act, which systems speak, what is defined, and who said yes."""

from governance.models.changes import (
    Application,
    ChangeRequest,
    Comment,
    Contributor,
    Decision,
    Operation,
    Revision,
)
from governance.models.channels import CampaignRule, Channel
from governance.models.freezes import FreezeWindow
from governance.models.letters import Letter, Verification
from governance.models.log import GovernanceEvent, Seal
from governance.models.people import Domain, User, Visit
from governance.models.previews import Preview
from governance.models.reviews import HealthReview, LookUp, ReviewAction, SignOff
from governance.models.rights import DomainRight
from governance.models.sources import (
    FieldMapping,
    SourceStream,
    SourceSystem,
    Storefront,
)
from governance.models.tokens import ApiToken
from governance.models.versions import Kind, State, Version

__all__ = [
    "ApiToken",
    "Application",
    "CampaignRule",
    "ChangeRequest",
    "Channel",
    "Comment",
    "Contributor",
    "Decision",
    "Domain",
    "DomainRight",
    "FieldMapping",
    "FreezeWindow",
    "GovernanceEvent",
    "HealthReview",
    "Kind",
    "Letter",
    "LookUp",
    "Operation",
    "Preview",
    "ReviewAction",
    "Revision",
    "Seal",
    "SignOff",
    "SourceStream",
    "SourceSystem",
    "State",
    "Storefront",
    "User",
    "Verification",
    "Version",
    "Visit",
]
