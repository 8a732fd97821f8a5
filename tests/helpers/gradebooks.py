"""The files that a teacher downloads from Canvas and from Moodle to fill in."""

CANVAS = '''\
Student,ID,SIS User ID,SIS Login ID,Section,Homework (11),NameWeave (12),NameWeave Retake (13),Final Score (read only)
,,,,,,Manual Posting,,
"    Points Possible",,,,,10,39,5,(read only)
"Łukasz, Ben",101,s1,ben,"A ""1""",EX,,,12.5
"Lovelace, Ada",102,s2,ada@x.org,A;B,3.50,12.00,1,
"de la Cruz, Cas",103,s3,cas,A,,EX,,
"Doe, Dan",104,s4,dan,A,,7,,
"Doe, Dan",105,s5,dan2,A,,8,,
"Student, Test",199,,test,A,,,,
'''
MOODLE = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",\
"Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 501","Ben Łukasz",ben@x.org,"Submitted for grading - ",,39.00,Yes,"Monday, 2 March 2026, 9:00 AM",-,
"Participant 502","Ada Lovelace",ada@x.org,"Submitted for grading - ",12.00,39.00,Yes,"Monday, 2 March 2026, 9:00 AM",\
"Tuesday, 3 March 2026, 9:00 AM","<p>ben@x.org, fine</p>"
"Participant 503","Cas Cruz",cas@x.org,"No submission - ",,39.00,Yes,-,-,"Ben Łukasz"
"""
