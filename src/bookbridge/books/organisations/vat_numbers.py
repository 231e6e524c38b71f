"""UK VAT registration numbers: shape, departments, health authorities, check digits."""

from __future__ import annotations

from django.utils.translation import gettext as _
from stdnum import exceptions
from stdnum.gb import vat

# HMRC publishes two series: weighted sum plus check digits leaves 0, or 42 for the 9755 numbers.
# The library also lets 55 pass, which no published rule gives.
REMAINDERS = frozenset({0, 42})
STANDARD_LENGTHS = frozenset({9, 12})


class VatNumberError(ValueError):
    """The text is not a UK VAT number; the sentence says why."""

    code = "vat_number_invalid"


def compact_vat_number(text: str) -> str:
    """A UK VAT number without prefix and spaces; raises VatNumberError."""
    try:
        number = str(vat.validate(text))
    except exceptions.InvalidLength as error:
        raise _refusal(
            text, _("it has 9 digits, 12 with a branch, or GD or HA and 3 digits.")
        ) from error
    except exceptions.InvalidChecksum as error:
        raise _refusal(text, _("its check digits do not fit; look for a typing slip.")) from error
    except exceptions.InvalidComponent as error:
        raise _refusal(
            text,
            _("government departments are GD000 to GD499, health authorities HA500 to HA999."),
        ) from error
    except exceptions.ValidationError as error:
        raise _refusal(text, _("it has letters or signs that do not belong.")) from error
    if len(number) in STANDARD_LENGTHS and vat.checksum(number[:9]) not in REMAINDERS:
        raise _refusal(text, _("its check digits do not fit; look for a typing slip."))
    return number


def _refusal(text: str, reason: str) -> VatNumberError:
    return VatNumberError(
        _("“%(number)s” is not a UK VAT number: %(reason)s") % {"number": text, "reason": reason}
    )
