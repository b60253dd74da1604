"""Takes the place of Django's `capfirst` in every template, those of the admin included: it would
write Azerbaijani words with a dotless I."""

from django import template
from django.template.defaultfilters import stringfilter

from accounts.names import capfirst

register = template.Library()
register.filter("capfirst", stringfilter(capfirst), is_safe=True)
