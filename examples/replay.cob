      *> Replays daily spend against a monthly budget of 3000: what
      *> would have been said, and when.
      *>
      *> cobc -x -debug -fstatic-call replay.cob -lcloudcircuit
      *> DD_SPEND=data/daily_spend.csv ./replay
       IDENTIFICATION DIVISION.
       PROGRAM-ID. REPLAY.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT SPEND-FILE ASSIGN TO "SPEND"
               ORGANIZATION LINE SEQUENTIAL.
       DATA DIVISION.
       FILE SECTION.
       FD  SPEND-FILE.
       01  SPEND-LINE              PIC X(80).
       WORKING-STORAGE SECTION.
           COPY "cloudcircuit.cpy".
      *> The line that was read last, and the day that is judged.
       01  WS-NEXT-DAY             PIC X(10).
       01  WS-NEXT-GROUP           PIC X(20).
       01  WS-NEXT-AMOUNT          PIC X(24).
       01  WS-DAY.
           05  WS-YEAR             PIC 9(4).
           05  FILLER              PIC X.
           05  WS-MONTH            PIC 9(2).
           05  FILLER              PIC X.
           05  WS-DOM              PIC 9(2).
       01  WS-GROUP                PIC X(20) VALUE SPACES.
       01  WS-NAME                 PIC X(20).
      *> Amounts are exact, in millionths.
       01  WS-AMOUNT               PIC S9(11)V9(6) COMP-3.
       01  WS-MICROS               BINARY-DOUBLE.
       01  WS-PLACES               BINARY-LONG VALUE 6.
       01  WS-LIMIT                COMP-2 VALUE 3000.
       01  WS-LEDGER-ID            BINARY-DOUBLE VALUE 1.
       01  WS-PERIOD               BINARY-DOUBLE.
       01  WS-DATE                 PIC 9(8).
       01  WS-DAYS                 BINARY-DOUBLE VALUE 0.
       01  WS-CHARGES.
           05  WS-CHARGE           COMP-2 OCCURS 1000.
       01  WS-HISTORY              BINARY-DOUBLE.
       01  WS-PASSED               BINARY-DOUBLE.
       01  WS-LENGTH               BINARY-DOUBLE.
       01  WS-WAS-LEAK             BINARY-LONG UNSIGNED.
       01  WS-STATUS               BINARY-LONG.
       01  WS-SHARE                PIC X(18).
       01  WS-SPENT                COMP-2.
       01  WS-SHOWN                PIC Z(6)9.99.
       01  WS-EXPECTED             PIC Z(6)9.99.
       PROCEDURE DIVISION.
       MAIN SECTION.
           OPEN INPUT SPEND-FILE
      *> The names of the columns come first.
           PERFORM READ-LINE 2 TIMES
           PERFORM UNTIL WS-NEXT-DAY = HIGH-VALUES
               MOVE WS-NEXT-DAY TO WS-DAY
               IF WS-DAYS = 0 OR WS-NEXT-GROUP NOT = WS-GROUP
                   PERFORM START-GROUP
               END-IF
               PERFORM JUDGE-DAY
               PERFORM READ-LINE
               IF WS-NEXT-GROUP NOT = WS-GROUP
                   PERFORM FORECAST-MONTH
               END-IF
           END-PERFORM
           CLOSE SPEND-FILE
           MOVE 0 TO RETURN-CODE
           STOP RUN.

       READ-LINE.
           READ SPEND-FILE
               AT END MOVE HIGH-VALUES TO WS-NEXT-DAY WS-NEXT-GROUP
               NOT AT END UNSTRING SPEND-LINE DELIMITED BY ","
                   INTO WS-NEXT-DAY WS-NEXT-GROUP WS-NEXT-AMOUNT
           END-READ.

       START-GROUP.
           MOVE WS-NEXT-GROUP TO WS-GROUP WS-NAME
           IF WS-NAME = SPACES
               MOVE "(none)" TO WS-NAME
           END-IF
           MOVE 0 TO WS-DAYS WS-WAS-LEAK
           CALL "cloudcircuit_ledger_config_init" USING
               BY REFERENCE CC-LEDGER-CONFIG RETURNING WS-STATUS
           MOVE 3000000000 TO CC-LIMIT OF CC-LEDGER-CONFIG
           MOVE 900000 TO CC-THRESHOLDS OF CC-LEDGER-CONFIG (1)
           MOVE 1000000 TO CC-THRESHOLDS OF CC-LEDGER-CONFIG (2)
           MOVE 2 TO CC-THRESHOLD-COUNT OF CC-LEDGER-CONFIG
           COMPUTE WS-PERIOD = 12 * WS-YEAR + WS-MONTH
           CALL "cloudcircuit_ledger_init" USING
               BY VALUE SIZE 8 WS-LEDGER-ID WS-PERIOD WS-DAYS
               BY REFERENCE CC-LEDGER-STATE RETURNING WS-STATUS
           PERFORM CHECK-STATUS
           CALL "cloudcircuit_detect_config_init" USING
               BY REFERENCE CC-DETECT-CONFIG RETURNING WS-STATUS
           COMPUTE WS-DATE = 10000 * WS-YEAR + 100 * WS-MONTH + WS-DOM
      *> COBOL counts days from 1601, the library seconds from 1970.
           COMPUTE CC-START-TIME OF CC-DETECT-CONFIG =
               86400 * (FUNCTION INTEGER-OF-DATE (WS-DATE) - 134775)
           MOVE 5 TO CC-MIN-IMPACT OF CC-DETECT-CONFIG
           CALL "cloudcircuit_spike_tracker_init" USING
               BY REFERENCE CC-DETECT-CONFIG CC-SPIKE-TRACKER-STATE
               RETURNING WS-STATUS
           PERFORM CHECK-STATUS.

      *> With what is known on that day.
       JUDGE-DAY.
           MOVE FUNCTION NUMVAL (WS-NEXT-AMOUNT) TO WS-AMOUNT
           IF WS-AMOUNT NOT = FUNCTION NUMVAL (WS-NEXT-AMOUNT)
               MOVE CC-ERR-AMOUNT-PRECISION TO WS-STATUS
               PERFORM CHECK-STATUS
           END-IF
           COMPUTE WS-MICROS = WS-AMOUNT * 1000000
           COMPUTE WS-PERIOD = 12 * WS-YEAR + WS-MONTH
           CALL "cloudcircuit_ledger_roll" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
               BY VALUE SIZE 8 WS-PERIOD WS-DAYS
               BY REFERENCE CC-LEDGER-DECISION RETURNING WS-STATUS
           PERFORM CHECK-STATUS
           CALL "cloudcircuit_ledger_record" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
               BY VALUE SIZE 8 WS-MICROS WS-DAYS
               BY REFERENCE CC-LEDGER-DECISION RETURNING WS-STATUS
           PERFORM CHECK-STATUS
           IF CC-NEWLY-CROSSED OF CC-LEDGER-DECISION > 0
               MOVE "90 % of the budget" TO WS-SHARE
               IF CC-NEWLY-CROSSED OF CC-LEDGER-DECISION > 1
                   MOVE "the budget" TO WS-SHARE
               END-IF
               COMPUTE WS-SHOWN ROUNDED =
                   CC-SETTLED OF CC-LEDGER-DECISION / 1000000
               DISPLAY WS-DAY " " FUNCTION TRIM (WS-NAME) " spent "
                   FUNCTION TRIM (WS-SHOWN) ", "
                   FUNCTION TRIM (WS-SHARE)
           END-IF
           ADD 1 TO WS-DAYS
      *> More credits than charges: nothing was spent.
           COMPUTE WS-MICROS = FUNCTION MAX (WS-MICROS 0)
           CALL "cloudcircuit_money_to_double" USING
               BY VALUE SIZE 8 WS-MICROS SIZE 4 WS-PLACES
               BY REFERENCE WS-CHARGE (WS-DAYS) RETURNING WS-STATUS
           MOVE WS-CHARGE (WS-DAYS) TO WS-SPENT
           CALL "cloudcircuit_spike_tracker_update" USING
               BY REFERENCE CC-SPIKE-TRACKER-STATE
               BY VALUE WS-SPENT
               BY REFERENCE CC-DETECT-RESULT RETURNING WS-STATUS
           PERFORM CHECK-STATUS
           IF CC-VERDICT OF CC-DETECT-RESULT = CC-VERDICT-SPIKE
               COMPUTE WS-SHOWN ROUNDED =
                   CC-LATEST-SPEND OF CC-DETECT-RESULT
               COMPUTE WS-EXPECTED ROUNDED =
                   CC-EXPECTED-SPEND OF CC-DETECT-RESULT
               DISPLAY WS-DAY " " FUNCTION TRIM (WS-NAME) " spike of "
                   FUNCTION TRIM (WS-SHOWN) ", expected "
                   FUNCTION TRIM (WS-EXPECTED)
           END-IF
           IF CC-IS-LEAK OF CC-DETECT-RESULT > WS-WAS-LEAK
               DISPLAY WS-DAY " " FUNCTION TRIM (WS-NAME)
                   " leak, spend creeps up"
           END-IF
           MOVE CC-IS-LEAK OF CC-DETECT-RESULT TO WS-WAS-LEAK.

       FORECAST-MONTH.
           COMPUTE WS-PASSED = FUNCTION MIN (WS-DOM WS-DAYS)
           COMPUTE WS-HISTORY = WS-DAYS - WS-PASSED
           COMPUTE WS-DATE = 10000 * WS-YEAR + 100 * WS-MONTH + 1
           COMPUTE WS-LENGTH = WS-PASSED - WS-DOM
               - FUNCTION INTEGER-OF-DATE (WS-DATE)
           ADD 100 TO WS-DATE
           IF WS-MONTH = 12
               ADD 8800 TO WS-DATE
           END-IF
           COMPUTE WS-LENGTH = WS-LENGTH
               + FUNCTION INTEGER-OF-DATE (WS-DATE)
           CALL "cloudcircuit_forecast_budget" USING
               BY REFERENCE WS-CHARGES
               BY VALUE SIZE 8 WS-HISTORY
               BY REFERENCE WS-CHARGE (WS-HISTORY + 1)
               BY VALUE SIZE 8 WS-PASSED WS-LENGTH
               BY VALUE WS-LIMIT
               BY REFERENCE OMITTED CC-FORECAST-RESULT
               RETURNING WS-STATUS
           PERFORM CHECK-STATUS
           IF CC-IS-FORECAST-BREACHED OF CC-FORECAST-RESULT = 1
               COMPUTE WS-SHOWN ROUNDED =
                   CC-FORECAST-SPEND OF CC-FORECAST-RESULT
               DISPLAY WS-DAY " " FUNCTION TRIM (WS-NAME)
                   " forecast " FUNCTION TRIM (WS-SHOWN)
                   " for the month, above the budget"
           END-IF.

       CHECK-STATUS.
           IF WS-STATUS NOT = CC-OK
               DISPLAY "REPLAY: STATUS " WS-STATUS " ON " WS-DAY
               MOVE 16 TO RETURN-CODE
               STOP RUN
           END-IF.
