"""Cuts the fonts of official documents out of the ones they come from.

    python3 make.py NotoSerifSC-Regular.ttf NotoSerifSC-Bold.ttf NotoSansSC-Medium.ttf LXGWWenKai-Regular.ttf

needs fontTools. Songti keeps every Chinese character it has; the other three keep
those of GB 2312, and what they lack is taken from the first. The fonts get names
of their own, as their licence wants of changed ones.
"""

import gzip
import io
import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

SIGNS = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x2C7, 0x2DD), (0x391, 0x3C9), (0x401, 0x451), (0x2010, 0x2040), (0x20AC, 0x20AC),
    (0x2100, 0x2122), (0x2150, 0x219B), (0x2200, 0x22BF), (0x2460, 0x24FF), (0x2500, 0x2593), (0x25A0, 0x25FF),
    (0x2605, 0x2642), (0x2713, 0x2717), (0x3000, 0x30FF), (0x3105, 0x312F), (0x31A0, 0x31BF), (0x3200, 0x33FF),
    (0xFE30, 0xFE4F), (0xFF00, 0xFFEF), (0xFFFD, 0xFFFD),
]
HAN = [(0x4E00, 0x9FFF), (0x20000, 0x323AF)]


def spread(ranges):
    return {c for first, last in ranges for c in range(first, last + 1)}


def gb2312():
    out = set()
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                out.add(ord(bytes([row, cell]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return out


def cut(source, name, characters):
    font = TTFont(source)
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, glyph_names=False)
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "vhea", "vmtx", "gasp", "prep", "fpgm", "cvt "]
    options.name_IDs = [0, 13, 14]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    for at, text in {1: name, 2: "Regular", 4: name, 6: name.replace(" ", "")}.items():
        font["name"].setName(text, at, 3, 1, 0x409)
    one_map(font)
    font.recalcTimestamp = False
    plain = io.BytesIO()
    font.save(plain)
    with open(name.split()[-1].lower() + ".ttf.gz", "wb") as out:
        out.write(gzip.compress(plain.getvalue(), 9, mtime=0))


def one_map(font):
    """Leaves the one table of characters that holds all of Unicode."""
    table = CmapSubtable.newSubtable(12)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.format, table.reserved, table.length, table.nGroups = 12, 0, 0, 0
    table.cmap = font.getBestCmap()
    font["cmap"].tables = [table]


def main():
    song, title, hei, kai = sys.argv[1:]
    signs, common = spread(SIGNS), spread(SIGNS) | gb2312()
    cut(song, "Mailbox Song", signs | spread(HAN))
    cut(title, "Mailbox Title", common)
    cut(hei, "Mailbox Hei", common)
    cut(kai, "Mailbox Kai", common | {0x20BB7})


main()
