"""An address as a QR code, drawn in the page itself."""

from markupsafe import Markup


def qr_code(text: str, what: str) -> Markup:
    """The code as SVG without a size of its own; ``what`` says to a screen reader what it is."""
    import segno

    drawn = segno.make(text, error="m", micro=False)
    size = drawn.symbol_size(border=2)[0]
    lines = []
    for y, row in enumerate(map(tuple, drawn.matrix_iter(border=2))):
        x = 0
        while x < size:
            if row[x]:
                start = x
                while x < size and row[x]:
                    x += 1
                lines.append(f"M{start} {y}h{x - start}v1h{start - x}z")
            else:
                x += 1
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}"'
        ' shape-rendering="crispEdges"><path d="{2}"/></svg>'
    ).format(size, what, "".join(lines))
