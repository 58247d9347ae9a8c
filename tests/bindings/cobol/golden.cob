      *> Runs the golden cases of a billing run: the exact budget, one
      *> by one, as flags and as columns, the ledger and the rate limit.
      *> CASES is the file; golden_breaker.cob and golden_detect.cob run
      *> other cases.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. GOLDEN.

       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT CASES ASSIGN TO "CASES"
               ORGANIZATION LINE SEQUENTIAL FILE STATUS FILE-STATUS.

       DATA DIVISION.
       FILE SECTION.
       FD  CASES.
       01  CASE-LINE                   PIC X(4000).

       WORKING-STORAGE SECTION.
           COPY "cloudcircuit.cpy".
           COPY "golden_data.cpy".

       01  FLAGS                       BINARY-LONG UNSIGNED.
       01  WANTED-FLAGS                BINARY-LONG UNSIGNED.
       01  SPEND                       BINARY-DOUBLE.
       01  LIMIT-AMOUNT                BINARY-DOUBLE.
       01  PPM                         BINARY-LONG UNSIGNED.
       01  AMOUNT                      BINARY-DOUBLE.
       01  PERIOD                      BINARY-DOUBLE.
       01  NOW-TIME                    BINARY-DOUBLE.
       01  LEDGER-ID                   BINARY-DOUBLE.
       01  TAKEN-AT                    BINARY-DOUBLE.

       01  HOLDS.
           05  HOLD                    PIC X(40) OCCURS 26.
       01  HX                          BINARY-LONG.
       01  TX                          BINARY-LONG.
       01  SHARES.
           05  SHARE                   PIC X(20) OCCURS 8.
       01  SHARE-COUNT                 BINARY-LONG.

      *> Lines that follow each other with one warning_ppm are also one
      *> call on columns.
       01  COLUMN-ROWS                 BINARY-DOUBLE VALUE 0.
       01  COLUMN-INVALID              BINARY-DOUBLE.
       01  INVALID-ROWS                BINARY-DOUBLE.
       01  COLUMNS-RUN                 PIC 9(6) VALUE 0.
       01  CX                          BINARY-LONG.
       01  SPEND-COLUMN.
           05  COL-SPEND               BINARY-DOUBLE OCCURS 200.
       01  LIMIT-COLUMN.
           05  COL-LIMIT               BINARY-DOUBLE OCCURS 200.
       01  FLAGS-COLUMN.
           05  COL-FLAGS               BINARY-CHAR UNSIGNED OCCURS 200.
       01  USAGE-COLUMN.
           05  COL-USAGE               BINARY-DOUBLE UNSIGNED
                                       OCCURS 200.
       01  WANTED-COLUMNS.
           05  WANTED-COLUMN OCCURS 200.
               10  WANTED-ROW-FLAGS    BINARY-CHAR UNSIGNED.
               10  WANTED-ROW-USAGE    BINARY-DOUBLE UNSIGNED.

       LINKAGE SECTION.
       01  LS-NAME                     PIC X(80).

       PROCEDURE DIVISION.
       MAIN SECTION.
           OPEN INPUT CASES
           PERFORM NEXT-LINE
           PERFORM UNTIL FILE-STATUS NOT = "00"
               IF CASE-LINE (1:1) NOT = "#"
                   PERFORM ONE-LINE
               END-IF
               PERFORM NEXT-LINE
           END-PERFORM
           IF FILE-STATUS NOT = "10"
               DISPLAY "FILE STATUS " FILE-STATUS
               ADD 1 TO FAILURES
           END-IF
           CLOSE CASES
           PERFORM CHECK-COLUMNS
           DISPLAY "RUN " CASES-RUN " LEFT OUT " CASES-LEFT-OUT
               " COLUMNS " COLUMNS-RUN " FAILURES " FAILURES
           MOVE FUNCTION MIN (FAILURES 1) TO RETURN-CODE
           STOP RUN.

       ONE-LINE.
           UNSTRING CASE-LINE DELIMITED BY " " INTO ITEM (1)
           EVALUATE ITEM (1)
               WHEN "budget_i64"
               WHEN "ledger_config" WHEN "ledger_init"
               WHEN "ledger_reserve" WHEN "ledger_extend"
               WHEN "ledger_post" WHEN "ledger_settle"
               WHEN "ledger_release" WHEN "ledger_record"
               WHEN "ledger_roll" WHEN "ledger_reset"
               WHEN "rate_config" WHEN "rate_init"
               WHEN "rate_acquire" WHEN "rate_adjust"
               WHEN "rate_reset"
                   ADD 1 TO CASES-RUN
                   PERFORM SPLIT-LINE
                   PERFORM RUN-LINE
      *>       Of golden_breaker.cob, golden_detect.cob, or in doubles.
               WHEN "budget" WHEN "spike" WHEN "spike_i64"
               WHEN "breaker" WHEN "guard" WHEN "money_from_double"
               WHEN "money_to_double" WHEN "breaker_config"
               WHEN "breaker_init" WHEN "breaker_acquire"
               WHEN "breaker_peek" WHEN "breaker_report"
               WHEN "breaker_force" WHEN "breaker_reset"
               WHEN "forecast"
               WHEN "detect_config" WHEN "detect" WHEN "detect_scan"
               WHEN "detect_init" WHEN "detect_update"
                   ADD 1 TO CASES-LEFT-OUT
               WHEN OTHER
                   DISPLAY "NO TEST FOR " FUNCTION TRIM(CASE-LINE)
                   ADD 1 TO FAILURES
           END-EVALUATE.

       RUN-LINE.
           EVALUATE ITEM (1)
               WHEN "budget_i64"     PERFORM BUDGET-LINE
               WHEN "ledger_config"  PERFORM LEDGER-CONFIG-LINE
               WHEN "ledger_init"    PERFORM LEDGER-INIT-LINE
               WHEN "ledger_reserve" PERFORM LEDGER-RESERVE-LINE
               WHEN "ledger_extend"  PERFORM LEDGER-EXTEND-LINE
               WHEN "ledger_post"    PERFORM LEDGER-POST-LINE
               WHEN "ledger_settle"  PERFORM LEDGER-SETTLE-LINE
               WHEN "ledger_release" PERFORM LEDGER-RELEASE-LINE
               WHEN "ledger_record"  PERFORM LEDGER-RECORD-LINE
               WHEN "ledger_roll"    PERFORM LEDGER-ROLL-LINE
               WHEN "ledger_reset"   PERFORM LEDGER-RESET-LINE
               WHEN "rate_config"    PERFORM RATE-CONFIG-LINE
               WHEN "rate_init"      PERFORM RATE-INIT-LINE
               WHEN "rate_acquire"   PERFORM RATE-ACQUIRE-LINE
               WHEN "rate_adjust"    PERFORM RATE-ADJUST-LINE
               WHEN "rate_reset"     PERFORM RATE-RESET-LINE
           END-EVALUATE.

       BUDGET-LINE.
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO SPEND
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO LIMIT-AMOUNT
           PERFORM NEXT-NUMBER
           IF NUMBER-VALUE NOT = PPM
               PERFORM CHECK-COLUMNS
           END-IF
           MOVE NUMBER-VALUE TO PPM
           MOVE PPM TO CC-WARNING-PPM OF CC-BUDGET-CONFIG-I64
           MOVE 0 TO CC-RESERVED OF CC-BUDGET-CONFIG-I64
           CALL "cloudcircuit_check_budget_i64" USING
               BY VALUE SIZE 8 SPEND LIMIT-AMOUNT
               BY REFERENCE CC-BUDGET-CONFIG-I64 CC-BUDGET-RESULT-I64
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS
           MOVE CC-USAGE-PPM OF CC-BUDGET-RESULT-I64 TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-REMAINING-BUDGET OF CC-BUDGET-RESULT-I64 TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-IS-WARNING OF CC-BUDGET-RESULT-I64 TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-IS-BREACHED OF CC-BUDGET-RESULT-I64 TO SHOWN
           PERFORM CHECK-NUMBER
           PERFORM CHECK-FLAGS
           ADD 1 TO COLUMN-ROWS
           MOVE COLUMN-ROWS TO CX
           MOVE SPEND TO COL-SPEND (CX)
           MOVE LIMIT-AMOUNT TO COL-LIMIT (CX)
           MOVE WANTED-FLAGS TO WANTED-ROW-FLAGS (CX)
           MOVE CC-USAGE-PPM OF CC-BUDGET-RESULT-I64
               TO WANTED-ROW-USAGE (CX).

       CHECK-FLAGS.
           COMPUTE WANTED-FLAGS =
               CC-FLAG-WARNING * CC-IS-WARNING OF CC-BUDGET-RESULT-I64
               + CC-FLAG-BREACHED
               * CC-IS-BREACHED OF CC-BUDGET-RESULT-I64
           IF STATUS-CODE NOT = CC-OK
               ADD CC-FLAG-INVALID TO WANTED-FLAGS
           END-IF
           CALL "cloudcircuit_budget_flags_i64" USING
               BY VALUE SIZE 8 SPEND LIMIT-AMOUNT
               UNSIGNED SIZE 4 PPM
               RETURNING FLAGS
           IF FLAGS NOT = WANTED-FLAGS
               DISPLAY FUNCTION TRIM (CASE-LINE) ": FLAGS " FLAGS
               ADD 1 TO FAILURES
           END-IF.

       CHECK-COLUMNS.
           IF COLUMN-ROWS > 0
               CALL "cloudcircuit_check_budget_columns_i64" USING
                   BY REFERENCE SPEND-COLUMN LIMIT-COLUMN
                   BY VALUE SIZE 8 COLUMN-ROWS
                   BY REFERENCE CC-BUDGET-CONFIG-I64 FLAGS-COLUMN
                                USAGE-COLUMN INVALID-ROWS
                   RETURNING STATUS-CODE
               ADD 1 TO COLUMNS-RUN
               MOVE 0 TO COLUMN-INVALID
               PERFORM VARYING CX FROM 1 BY 1 UNTIL CX > COLUMN-ROWS
                   IF COL-FLAGS (CX) NOT = WANTED-ROW-FLAGS (CX)
                           OR COL-USAGE (CX) NOT = WANTED-ROW-USAGE (CX)
                       DISPLAY "COLUMNS BEFORE " CASE-LINE (1:60)
                           ": ROW " CX
                       ADD 1 TO FAILURES
                   END-IF
                   IF WANTED-ROW-FLAGS (CX) >= CC-FLAG-INVALID
                       ADD 1 TO COLUMN-INVALID
                   END-IF
               END-PERFORM
               IF INVALID-ROWS NOT = COLUMN-INVALID
                       OR STATUS-CODE = CC-OK AND COLUMN-INVALID > 0
                       OR STATUS-CODE NOT = CC-OK AND COLUMN-INVALID = 0
                   DISPLAY "COLUMNS BEFORE " CASE-LINE (1:60)
                       ": STATUS " STATUS-CODE
                   ADD 1 TO FAILURES
               END-IF
               MOVE 0 TO COLUMN-ROWS
           END-IF.

       LEDGER-CONFIG-LINE.
           INITIALIZE CC-LEDGER-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-LIMIT OF CC-LEDGER-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-CARRY-MAX OF CC-LEDGER-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-DEBT-MAX OF CC-LEDGER-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-HOLD-DURATION OF CC-LEDGER-CONFIG
           ADD 1 TO AT-ITEM
           PERFORM READ-THRESHOLDS
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-THRESHOLD-UNIT OF CC-LEDGER-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-THRESHOLD-BASIS OF CC-LEDGER-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-MODE OF CC-LEDGER-CONFIG.

       READ-THRESHOLDS.
           MOVE SPACES TO SHARES
           MOVE 0 TO SHARE-COUNT
           IF ITEM (AT-ITEM) NOT = "-"
               UNSTRING ITEM (AT-ITEM) DELIMITED BY "," OR " " INTO
                   SHARE (1) SHARE (2) SHARE (3) SHARE (4) SHARE (5)
                   SHARE (6) SHARE (7) SHARE (8)
               PERFORM VARYING TX FROM 1 BY 1 UNTIL TX > 8
                   IF SHARE (TX) NOT = SPACES
                       MOVE SHARE (TX) TO NUMBER-TEXT
                       PERFORM READ-NUMBER
                       ADD 1 TO SHARE-COUNT
                       MOVE NUMBER-VALUE TO CC-THRESHOLDS
                           OF CC-LEDGER-CONFIG (TX)
                   END-IF
               END-PERFORM
           END-IF
           MOVE SHARE-COUNT TO CC-THRESHOLD-COUNT OF CC-LEDGER-CONFIG.

       NEXT-AMOUNT.
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO AMOUNT.

       NEXT-PERIOD.
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO PERIOD.

      *> The time is the last argument of a call.
       NEXT-NOW.
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO NOW-TIME.

       LEDGER-INIT-LINE.
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO LEDGER-ID
           PERFORM NEXT-PERIOD
           PERFORM NEXT-NOW
           CALL "cloudcircuit_ledger_init" USING
               BY VALUE SIZE 8 LEDGER-ID PERIOD NOW-TIME
               BY REFERENCE CC-LEDGER-STATE
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS.

       LEDGER-RESET-LINE.
           PERFORM NEXT-PERIOD
           PERFORM NEXT-NOW
           CALL "cloudcircuit_ledger_reset" USING
               BY REFERENCE CC-LEDGER-STATE
               BY VALUE SIZE 8 PERIOD NOW-TIME
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS.

      *> Holds are named a to z.
       FIND-HOLD.
           ADD 1 TO AT-ITEM
           COMPUTE HX = FUNCTION ORD (ITEM (AT-ITEM) (1:1))
               - FUNCTION ORD ("a") + 1
           MOVE HOLD (HX) TO CC-LEDGER-HOLD.

       LEDGER-RESERVE-LINE.
           PERFORM FIND-HOLD
           PERFORM NEXT-AMOUNT
           PERFORM NEXT-NOW
           CALL "cloudcircuit_ledger_reserve" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
               BY VALUE SIZE 8 AMOUNT NOW-TIME
               BY REFERENCE CC-LEDGER-HOLD CC-LEDGER-DECISION
               RETURNING STATUS-CODE
           MOVE CC-LEDGER-HOLD TO HOLD (HX)
           PERFORM CHECK-LEDGER.

       LEDGER-EXTEND-LINE.
           PERFORM FIND-HOLD
           PERFORM NEXT-AMOUNT
           PERFORM NEXT-NOW
           CALL "cloudcircuit_ledger_extend" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
                            CC-LEDGER-HOLD
               BY VALUE SIZE 8 AMOUNT NOW-TIME
               BY REFERENCE CC-LEDGER-DECISION
               RETURNING STATUS-CODE
           MOVE CC-LEDGER-HOLD TO HOLD (HX)
           PERFORM CHECK-LEDGER.

       LEDGER-POST-LINE.
           PERFORM FIND-HOLD
           PERFORM NEXT-AMOUNT
           PERFORM NEXT-NOW
           CALL "cloudcircuit_ledger_post" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
                            CC-LEDGER-HOLD
               BY VALUE SIZE 8 AMOUNT NOW-TIME
               BY REFERENCE CC-LEDGER-DECISION
               RETURNING STATUS-CODE
           MOVE CC-LEDGER-HOLD TO HOLD (HX)
           PERFORM CHECK-LEDGER.

       LEDGER-SETTLE-LINE.
           PERFORM FIND-HOLD
           PERFORM NEXT-AMOUNT
           PERFORM NEXT-NOW
           CALL "cloudcircuit_ledger_settle" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
                            CC-LEDGER-HOLD
               BY VALUE SIZE 8 AMOUNT NOW-TIME
               BY REFERENCE CC-LEDGER-DECISION
               RETURNING STATUS-CODE
           MOVE CC-LEDGER-HOLD TO HOLD (HX)
           PERFORM CHECK-LEDGER.

       LEDGER-RELEASE-LINE.
           PERFORM FIND-HOLD
           PERFORM NEXT-NOW
           CALL "cloudcircuit_ledger_release" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
                            CC-LEDGER-HOLD
               BY VALUE SIZE 8 NOW-TIME
               BY REFERENCE CC-LEDGER-DECISION
               RETURNING STATUS-CODE
           MOVE CC-LEDGER-HOLD TO HOLD (HX)
           PERFORM CHECK-LEDGER.

       LEDGER-RECORD-LINE.
           PERFORM NEXT-AMOUNT
           PERFORM NEXT-NOW
           CALL "cloudcircuit_ledger_record" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
               BY VALUE SIZE 8 AMOUNT NOW-TIME
               BY REFERENCE CC-LEDGER-DECISION
               RETURNING STATUS-CODE
           PERFORM CHECK-LEDGER.

       LEDGER-ROLL-LINE.
           PERFORM NEXT-PERIOD
           PERFORM NEXT-NOW
           CALL "cloudcircuit_ledger_roll" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
               BY VALUE SIZE 8 PERIOD NOW-TIME
               BY REFERENCE CC-LEDGER-DECISION
               RETURNING STATUS-CODE
           PERFORM CHECK-LEDGER.

       RATE-CONFIG-LINE.
           INITIALIZE CC-RATE-LIMIT-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-LIMIT OF CC-RATE-LIMIT-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-DURATION OF CC-RATE-LIMIT-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-MODE OF CC-RATE-LIMIT-CONFIG.

       RATE-INIT-LINE.
           PERFORM NEXT-NOW
           CALL "cloudcircuit_rate_limit_init" USING
               BY VALUE SIZE 8 NOW-TIME
               BY REFERENCE CC-RATE-LIMIT-STATE
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS.

       RATE-RESET-LINE.
           PERFORM NEXT-NOW
           CALL "cloudcircuit_rate_limit_reset" USING
               BY REFERENCE CC-RATE-LIMIT-STATE
               BY VALUE SIZE 8 NOW-TIME
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS.

       RATE-ACQUIRE-LINE.
           PERFORM NEXT-AMOUNT
           PERFORM NEXT-NOW
           CALL "cloudcircuit_rate_limit_acquire" USING
               BY REFERENCE CC-RATE-LIMIT-CONFIG CC-RATE-LIMIT-STATE
               BY VALUE SIZE 8 AMOUNT NOW-TIME
               BY REFERENCE CC-RATE-LIMIT-DECISION
               RETURNING STATUS-CODE
           PERFORM CHECK-RATE.

       RATE-ADJUST-LINE.
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO TAKEN-AT
           PERFORM NEXT-AMOUNT
           PERFORM NEXT-NOW
           CALL "cloudcircuit_rate_limit_adjust" USING
               BY REFERENCE CC-RATE-LIMIT-CONFIG CC-RATE-LIMIT-STATE
               BY VALUE SIZE 8 TAKEN-AT AMOUNT NOW-TIME
               BY REFERENCE CC-RATE-LIMIT-DECISION
               RETURNING STATUS-CODE
           PERFORM CHECK-RATE.

       CHECK-LEDGER.
           PERFORM CHECK-STATUS
           MOVE CC-SETTLED OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-HELD OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-AVAILABLE OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-OVERSHOOT OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-EXPIRED OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-REASON OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-ALLOWED OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-WOULD-REFUSE OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-CLOCK-REGRESSED OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-CROSSED OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-NEWLY-CROSSED OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER.

       CHECK-RATE.
           PERFORM CHECK-STATUS
           MOVE CC-USED OF CC-RATE-LIMIT-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-AVAILABLE OF CC-RATE-LIMIT-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-RETRY-AFTER OF CC-RATE-LIMIT-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-TAKEN-AT OF CC-RATE-LIMIT-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-REASON OF CC-RATE-LIMIT-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-ALLOWED OF CC-RATE-LIMIT-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-WOULD-REFUSE OF CC-RATE-LIMIT-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-CLOCK-REGRESSED OF CC-RATE-LIMIT-DECISION TO SHOWN
           PERFORM CHECK-NUMBER.

           COPY "golden_text.cpy".
