"""Forms on the page: drawn by Jinja on the server, usable without JavaScript.

:func:`webapp.forms.render.draw_form` draws a form to fill in, ``draw_answers`` what was filled in.
"""
