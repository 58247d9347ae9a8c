       IDENTIFICATION DIVISION.
       PROGRAM-ID. QUICKSTART.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
           COPY "cloudcircuit.cpy".
      *> In cents.
       01  WS-SPEND      BINARY-DOUBLE VALUE 92000.
       01  WS-LIMIT      BINARY-DOUBLE VALUE 100000.
       01  WS-STATUS     BINARY-LONG.
       01  WS-RETURN     BINARY-LONG VALUE 0.
       PROCEDURE DIVISION.
           CALL "cloudcircuit_check_budget_i64" USING
               BY VALUE SIZE 8 WS-SPEND WS-LIMIT
               BY REFERENCE OMITTED CC-BUDGET-RESULT-I64
               RETURNING WS-STATUS
           EVALUATE TRUE
               WHEN WS-STATUS NOT = CC-OK
                   DISPLAY "STATUS " WS-STATUS
                   MOVE 16 TO WS-RETURN
               WHEN CC-IS-BREACHED OF CC-BUDGET-RESULT-I64 = 1
                   DISPLAY "STOP SPENDING"
                   MOVE 8 TO WS-RETURN
               WHEN CC-IS-WARNING OF CC-BUDGET-RESULT-I64 = 1
                   DISPLAY "CENTS LEFT "
                       CC-REMAINING-BUDGET OF CC-BUDGET-RESULT-I64
                   MOVE 4 TO WS-RETURN
           END-EVALUATE
           MOVE WS-RETURN TO RETURN-CODE
           STOP RUN.
