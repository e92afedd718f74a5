"""手机传图: pictures from a phone for a form on a computer."""
