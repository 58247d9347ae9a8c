      *> How the programs that run golden cases read a line and compare
      *> what they get with it.
       NEXT-LINE.
           MOVE SPACES TO CASE-LINE
           READ CASES.

       SPLIT-LINE.
           MOVE SPACES TO ALL-ITEMS
           MOVE 0 TO ITEM-COUNT ANSWER-AT
           MOVE 1 TO SCAN-AT AT-ITEM
           PERFORM UNTIL CASE-LINE (SCAN-AT:) = SPACES
               ADD 1 TO ITEM-COUNT
               UNSTRING CASE-LINE DELIMITED BY " "
                   INTO ITEM (ITEM-COUNT) WITH POINTER SCAN-AT
               IF ITEM (ITEM-COUNT) = "=>"
                   COMPUTE ANSWER-AT = ITEM-COUNT + 1
               END-IF
           END-PERFORM.

       READ-NUMBER.
           IF NUMBER-TEXT (1:1) = "-"
               MOVE FUNCTION TRIM (NUMBER-TEXT (2:)) TO DIGITS-RIGHT
           ELSE
               MOVE FUNCTION TRIM (NUMBER-TEXT) TO DIGITS-RIGHT
           END-IF
           INSPECT DIGITS-RIGHT REPLACING LEADING " " BY "0"
           IF DIGITS NOT NUMERIC
               DISPLAY "NO NUMBER: " FUNCTION TRIM (NUMBER-TEXT)
               ADD 1 TO FAILURES
           END-IF
           IF NUMBER-TEXT (1:1) = "-"
               COMPUTE NUMBER-VALUE = 0 - DIGITS
           ELSE
               MOVE DIGITS TO NUMBER-VALUE
           END-IF.

       CHECK-STATUS.
           CALL "cloudcircuit_status_name" USING
               BY VALUE SIZE 4 STATUS-CODE RETURNING NAME-AT
           SET ADDRESS OF LS-NAME TO NAME-AT
           MOVE SPACES TO FOUND
           STRING LS-NAME DELIMITED BY X"00" INTO FOUND
           MOVE SPACES TO EXPECTED
           STRING "CLOUDCIRCUIT_" DELIMITED BY SIZE
               ITEM (ANSWER-AT) DELIMITED BY " " INTO EXPECTED
           PERFORM COMPARE-TEXTS.

       CHECK-NUMBER.
           ADD 1 TO ANSWER-AT
           MOVE FUNCTION TRIM (SHOWN) TO FOUND
           MOVE ITEM (ANSWER-AT) TO EXPECTED
           PERFORM COMPARE-TEXTS.

       COMPARE-TEXTS.
           IF FOUND NOT = EXPECTED
               DISPLAY FUNCTION TRIM (CASE-LINE) ": "
                   FUNCTION TRIM (FOUND) ", NOT "
                   FUNCTION TRIM (EXPECTED)
               ADD 1 TO FAILURES
           END-IF.

      *> The next argument of the line, after the one at AT-ITEM.
       NEXT-NUMBER.
           ADD 1 TO AT-ITEM
           MOVE ITEM (AT-ITEM) TO NUMBER-TEXT
           PERFORM READ-NUMBER.
