      *> A paid request under a breaker and a ledger: acquire, reserve,
      *> run, report, settle. CALL-SERVICE stands for the request; here
      *> its second to fourth calls fail.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. GUARDED.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
           COPY "cloudcircuit.cpy".
      *> Cents and milliseconds.
       01  WS-ESTIMATE                 BINARY-DOUBLE VALUE 400.
       01  WS-ACTUAL                   BINARY-DOUBLE.
       01  WS-NOW                      BINARY-DOUBLE VALUE 0.
       01  WS-DURATION                 BINARY-DOUBLE VALUE 20.
      *> What a Retry-After said; this is none.
       01  WS-RETRY-AT                 BINARY-DOUBLE
                                       VALUE -9223372036854775808.
       01  WS-LEDGER-ID                BINARY-DOUBLE VALUE 1.
       01  WS-PERIOD                   BINARY-DOUBLE VALUE 202601.
       01  WS-OUTCOME                  BINARY-LONG.
       01  WS-CODE                     BINARY-LONG.
       01  WS-STATUS                   BINARY-LONG.
       01  WS-NAME-AT                  USAGE POINTER.
       01  WS-NAME                     PIC X(40).
       01  WS-REQUEST                  PIC 9.
       01  WS-SHOWN                    PIC Z(6)9.

       LINKAGE SECTION.
       01  LS-NAME                     PIC X(40).

       PROCEDURE DIVISION.
       MAIN SECTION.
           CALL "cloudcircuit_ledger_config_init" USING
               BY REFERENCE CC-LEDGER-CONFIG RETURNING WS-STATUS
           MOVE 1000 TO CC-LIMIT OF CC-LEDGER-CONFIG
           MOVE 60000 TO CC-HOLD-DURATION OF CC-LEDGER-CONFIG
           CALL "cloudcircuit_ledger_init" USING
               BY VALUE SIZE 8 WS-LEDGER-ID WS-PERIOD WS-NOW
               BY REFERENCE CC-LEDGER-STATE RETURNING WS-STATUS
           CALL "cloudcircuit_breaker_init" USING
               BY VALUE SIZE 8 WS-NOW
               BY REFERENCE CC-BREAKER-STATE RETURNING WS-STATUS
           PERFORM VARYING WS-REQUEST FROM 1 BY 1 UNTIL WS-REQUEST > 7
               IF WS-REQUEST = 6
                   ADD CC-RETRY-AFTER OF CC-BREAKER-PERMIT TO WS-NOW
               END-IF
               PERFORM GUARDED-REQUEST
           END-PERFORM
           MOVE 0 TO RETURN-CODE
           STOP RUN.

      *> On an error permit and decision do not allow, so that a status
      *> needs no test of its own. A default config is OMITTED.
       GUARDED-REQUEST.
           CALL "cloudcircuit_breaker_acquire" USING
               BY REFERENCE OMITTED CC-BREAKER-STATE
               BY VALUE SIZE 8 WS-NOW
               BY REFERENCE CC-BREAKER-PERMIT RETURNING WS-STATUS
           IF CC-ALLOWED OF CC-BREAKER-PERMIT = 0
               MOVE CC-PHASE OF CC-BREAKER-PERMIT TO WS-CODE
               CALL "cloudcircuit_phase_name" USING
                   BY VALUE SIZE 4 WS-CODE RETURNING WS-NAME-AT
               PERFORM READ-NAME
               MOVE CC-RETRY-AFTER OF CC-BREAKER-PERMIT TO WS-SHOWN
               DISPLAY WS-REQUEST " REFUSED, BREAKER "
                   FUNCTION TRIM (WS-NAME) ", RETRY AFTER "
                   FUNCTION TRIM (WS-SHOWN)
           ELSE
               PERFORM RESERVE-AND-RUN
               CALL "cloudcircuit_breaker_report" USING
                   BY REFERENCE OMITTED CC-BREAKER-STATE
                                CC-BREAKER-PERMIT
                   BY VALUE SIZE 4 WS-OUTCOME
                   SIZE 8 WS-DURATION WS-RETRY-AT WS-NOW
                   RETURNING WS-STATUS
           END-IF.

      *> A request that the ledger refuses says nothing about the
      *> service: its permit is reported as IGNORED.
       RESERVE-AND-RUN.
           MOVE CC-OUTCOME-IGNORED TO WS-OUTCOME
           CALL "cloudcircuit_ledger_reserve" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
               BY VALUE SIZE 8 WS-ESTIMATE WS-NOW
               BY REFERENCE CC-LEDGER-HOLD CC-LEDGER-DECISION
               RETURNING WS-STATUS
           IF CC-ALLOWED OF CC-LEDGER-DECISION = 0
               MOVE CC-REASON OF CC-LEDGER-DECISION TO WS-CODE
               CALL "cloudcircuit_ledger_reason_name" USING
                   BY VALUE SIZE 4 WS-CODE RETURNING WS-NAME-AT
               PERFORM READ-NAME
               DISPLAY WS-REQUEST " REFUSED, LEDGER "
                   FUNCTION TRIM (WS-NAME)
           ELSE
               PERFORM CALL-SERVICE
               CALL "cloudcircuit_ledger_settle" USING
                   BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
                                CC-LEDGER-HOLD
                   BY VALUE SIZE 8 WS-ACTUAL WS-NOW
                   BY REFERENCE CC-LEDGER-DECISION
                   RETURNING WS-STATUS
               MOVE CC-SETTLED OF CC-LEDGER-DECISION TO WS-SHOWN
               DISPLAY WS-REQUEST " RAN, SETTLED "
                   FUNCTION TRIM (WS-SHOWN)
           END-IF.

      *> Gives the outcome and what the request cost.
       CALL-SERVICE.
           ADD WS-DURATION TO WS-NOW
           IF WS-REQUEST >= 2 AND WS-REQUEST <= 4
               MOVE CC-OUTCOME-FAILURE TO WS-OUTCOME
               MOVE 0 TO WS-ACTUAL
           ELSE
               MOVE CC-OUTCOME-SUCCESS TO WS-OUTCOME
               MOVE 350 TO WS-ACTUAL
           END-IF.

       READ-NAME.
           SET ADDRESS OF LS-NAME TO WS-NAME-AT
           MOVE SPACES TO WS-NAME
           STRING LS-NAME DELIMITED BY X"00" INTO WS-NAME.
