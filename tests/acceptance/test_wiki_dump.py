"""The pages of zh.wikipedia in ../shared/data/wiki read the same from both published forms of a dump."""

from pathlib import Path

import pytest

from tests.wiki.dump_files import read, without_places

pytestmark = pytest.mark.acceptance
SHARED = sorted((Path(__file__).parents[3] / "shared" / "data" / "wiki").glob("zhwp-sample*.xml.bz2"))

if SHARED:  # what needs it is collected only where it exists

    def test_the_published_sample_reads_the_same_in_both_forms(tmp_path):
        for file in SHARED:
            found = read(file, 1, tmp_path)
            assert [(page.id, page.title, len(page.text)) for page in found] == [
                (51, "JOOQ", 2182),
                (225, "嵌入式OpenType字体", 1141),
                (236, "微软POSIX子系统", 1693),
                (238, "快速UDP网络连接", 3739),
                (493, "Template:CGroup-Physics", 8673),
                (494, "量子力学", 38610),
            ]
            assert without_places(found) == without_places(read(SHARED[0], 1 << 30, tmp_path))
