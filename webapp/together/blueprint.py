"""The blueprint that the addresses of several cases at one step are hung on."""

from flask import Blueprint

together = Blueprint("together", __name__, template_folder="templates")
