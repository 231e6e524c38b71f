"""Template filters over `bookbridge.kit.formatting`."""

from django import template

from bookbridge.kit import formatting

register = template.Library()
register.filter("money", formatting.money)
register.filter("whole", formatting.whole)
register.filter("day", formatting.day)
register.filter("moment", formatting.moment)
