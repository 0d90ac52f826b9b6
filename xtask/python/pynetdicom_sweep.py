"""A plain sweep of an archive with pynetdicom: every study, then every object of each, on one association. Counts nothing, proves nothing."""

import json
import sys
import time

import pynetdicom
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind as FIND


def find(association, level, **keys):
    query = Dataset()
    query.QueryRetrieveLevel = level
    for name, value in keys.items():
        setattr(query, name, value)
    for status, row in association.send_c_find(query, FIND):
        if status and status.Status in (0xFF00, 0xFF01):
            yield row
        elif not status or status.Status != 0x0000:
            raise SystemExit(f"a query ended with {status}")


def main():
    host, port, title = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    ae = AE(ae_title="SEGUE")
    ae.add_requested_context(FIND)
    began = time.perf_counter()
    association = ae.associate(host, port, ae_title=title)
    if not association.is_established:
        raise SystemExit("no association")
    objects = 0
    studies = [row.StudyInstanceUID for row in find(association, "STUDY", StudyInstanceUID="")]
    for study in studies:
        rows = find(association, "IMAGE", StudyInstanceUID=study, SeriesInstanceUID="", SOPInstanceUID="")
        objects += sum(1 for _ in rows)
    association.release()
    seconds = time.perf_counter() - began
    print(json.dumps({
        "baseline": f"pynetdicom {pynetdicom.__version__}", "objects": objects, "studies": len(studies),
        "seconds": seconds, "objects_a_second": objects / seconds,
    }))


main()
