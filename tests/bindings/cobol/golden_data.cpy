      *> What the programs that run golden cases read them into.
       01  FILE-STATUS                 PIC XX.
      *> The words of a line; the answer begins at ANSWER-AT.
       01  ALL-ITEMS.
           05  ITEM                    PIC X(80) OCCURS 200.
       01  ITEM-COUNT                  BINARY-LONG.
       01  SCAN-AT                     BINARY-LONG.
       01  ANSWER-AT                   BINARY-LONG.
       01  AT-ITEM                     BINARY-LONG.
       01  CASES-RUN                   PIC 9(6) VALUE 0.
       01  CASES-LEFT-OUT              PIC 9(6) VALUE 0.
       01  FAILURES                    PIC 9(6) VALUE 0.

       01  STATUS-CODE                 BINARY-LONG.
       01  NAME-AT                     USAGE POINTER.
      *> A number of up to 20 digits, read and shown.
       01  NUMBER-TEXT                 PIC X(80).
       01  NUMBER-VALUE                BINARY-DOUBLE.
       01  DIGITS-RIGHT                PIC X(20) JUSTIFIED RIGHT.
       01  DIGITS REDEFINES DIGITS-RIGHT PIC 9(20).
       01  SHOWN                       PIC -(20)9.

       01  EXPECTED                    PIC X(80).
       01  FOUND                       PIC X(80).
