"""The blueprint that the addresses of household files are hung on."""

from flask import Blueprint

register = Blueprint("register", __name__, template_folder="templates")
