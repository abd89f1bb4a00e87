"""The parts of a page that templates share: `{% load parts %}`.

- `{% asset "style.css" %}`: the address of a stylesheet or script;
- `{% counted words.passed lines %}`: a sentence with the `{count}` of something;
- `{% next_step line.next_step %}`: what staff do about a line of a run;
- `{% chip state.value symbol word %}`: a result as shape, word and colour;
- `{% banner "warning" heading %}…{% endbanner %}`: success, warning, error or info;
- `{% disclosure summary %}…{% enddisclosure %}`: what can be opened;
- `{% steps words current %}`: the steps of a task, `current` counted from 1;
- `{{ version.revision|revision }}`: a policy's revision, as people write it;
- `{% terms_named policy.terms %}`: the terms with the day of their revision;
- `{% shared_words as words %}`: the words of the frame, where a template has no request.
"""

from collections.abc import Sequence, Sized

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from precheck.contract.policy import Terms
from precheck.endpoint.assets import asset_address
from precheck.endpoint.language import current_language
from precheck.endpoint.staff.run import NextStep
from precheck.endpoint.staff.speech import current_speech
from precheck.endpoint.staff.words import StaffWords, load_staff_words

register = template.Library()

_MARKS = {"success": "✓", "warning": "!", "error": "×", "info": "i"}


@register.simple_tag
def asset(name: str) -> str:
    return asset_address(name)


@register.simple_tag
def shared_words() -> StaffWords:
    return load_staff_words(current_language())


@register.filter
def revision(stated: str) -> str:
    return current_speech().revision(stated)


@register.simple_tag
def terms_named(terms: Terms) -> SafeString:
    speech = current_speech()
    return format_html(
        '<span lang="ja">{}</span> ・ {} {}',
        terms.title,
        speech.wording.phrases["revision"],
        speech.revision(terms.revision.isoformat()),
    )


@register.simple_tag
def counted(form: str, things: Sized) -> str:
    return form.format(count=len(things))


@register.simple_tag
def next_step(step: NextStep) -> str:
    return shared_words().next_steps[step]


@register.simple_tag
def chip(kind: str, symbol: str, word: str) -> SafeString:
    return format_html(
        '<span class="chip {}"><span class="symbol" aria-hidden="true">{}</span> {}</span>',
        kind,
        symbol,
        word,
    )


@register.simple_block_tag
def banner(content: str, kind: str, heading: str = "") -> SafeString:
    words = shared_words()
    names = {
        "success": words.success,
        "warning": words.warning,
        "error": words.error,
        "info": words.notice,
    }
    return format_html(
        '<div class="banner {}"{}><span class="mark" role="img" aria-label="{}">{}</span><div>{}{}'
        "</div></div>",
        kind,
        SafeString(' role="alert"') if kind == "error" else "",
        names[kind],
        _MARKS[kind],
        format_html('<h2 class="heading">{}</h2>', heading) if heading else "",
        content,
    )


@register.simple_block_tag
def disclosure(content: str, summary: str) -> SafeString:
    return format_html(
        '<details class="disclosure"><summary>{}</summary><div>{}</div></details>', summary, content
    )


@register.simple_tag
def steps(names: Sequence[str], current: int) -> SafeString:
    words = shared_words()
    items = format_html_join(
        "",
        '<li{}><span class="number" aria-hidden="true">{}</span> {}{}</li>',
        (
            (
                SafeString(' aria-current="step"') if number == current else "",
                number,
                name,
                format_html(' <span class="done">({})</span>', words.done)
                if number < current
                else "",
            )
            for number, name in enumerate(names, 1)
        ),
    )
    return format_html('<ol class="steps" aria-label="{}">{}</ol>', words.steps, items)
