      *> Runs the golden cases of a billing run: the exact budget, one
      *> by one, as flags and as columns, and the ledger. CASES is the
      *> file; golden_breaker.cob runs the other cases in integers.
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

       01  HOLDS.
           05  HOLD                    PIC X(16) OCCURS 26.
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
               WHEN "ledger_reserve" WHEN "ledger_settle"
               WHEN "ledger_release" WHEN "ledger_record"
               WHEN "ledger_roll"
                   ADD 1 TO CASES-RUN
                   PERFORM SPLIT-LINE
                   PERFORM RUN-LINE
      *>       Of golden_breaker.cob, or in doubles.
               WHEN "budget" WHEN "spike" WHEN "spike_i64"
               WHEN "breaker" WHEN "guard" WHEN "money_from_double"
               WHEN "money_to_double" WHEN "breaker_config"
               WHEN "breaker_init" WHEN "breaker_acquire"
               WHEN "breaker_report" WHEN "breaker_force"
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
               WHEN "ledger_settle"  PERFORM LEDGER-SETTLE-LINE
               WHEN "ledger_release" PERFORM LEDGER-RELEASE-LINE
               WHEN "ledger_record"  PERFORM LEDGER-RECORD-LINE
               WHEN "ledger_roll"    PERFORM LEDGER-ROLL-LINE
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
           MOVE NUMBER-VALUE TO CC-IS-UNLIMITED OF CC-LEDGER-CONFIG
           MOVE SPACES TO SHARES
           MOVE 0 TO SHARE-COUNT
           IF ITEM (4) NOT = "-"
               UNSTRING ITEM (4) DELIMITED BY "," OR " " INTO
                   SHARE (1) SHARE (2) SHARE (3) SHARE (4) SHARE (5)
                   SHARE (6) SHARE (7) SHARE (8)
               PERFORM VARYING TX FROM 1 BY 1 UNTIL TX > 8
                   IF SHARE (TX) NOT = SPACES
                       MOVE SHARE (TX) TO NUMBER-TEXT
                       PERFORM READ-NUMBER
                       ADD 1 TO SHARE-COUNT
                       MOVE NUMBER-VALUE TO CC-THRESHOLD-PPM
                           OF CC-LEDGER-CONFIG (TX)
                   END-IF
               END-PERFORM
           END-IF
           MOVE SHARE-COUNT TO CC-THRESHOLD-COUNT OF CC-LEDGER-CONFIG.

       LEDGER-INIT-LINE.
           PERFORM NEXT-NUMBER
           CALL "cloudcircuit_ledger_init" USING
               BY VALUE SIZE 8 NUMBER-VALUE
               BY REFERENCE CC-LEDGER-STATE
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
           PERFORM NEXT-NUMBER
           CALL "cloudcircuit_ledger_reserve" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
               BY VALUE SIZE 8 NUMBER-VALUE
               BY REFERENCE CC-LEDGER-HOLD CC-LEDGER-DECISION
               RETURNING STATUS-CODE
           MOVE CC-LEDGER-HOLD TO HOLD (HX)
           PERFORM CHECK-DECISION.

       LEDGER-SETTLE-LINE.
           PERFORM FIND-HOLD
           PERFORM NEXT-NUMBER
           CALL "cloudcircuit_ledger_settle" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
                            CC-LEDGER-HOLD
               BY VALUE SIZE 8 NUMBER-VALUE
               BY REFERENCE CC-LEDGER-DECISION
               RETURNING STATUS-CODE
           MOVE CC-LEDGER-HOLD TO HOLD (HX)
           PERFORM CHECK-DECISION.

       LEDGER-RELEASE-LINE.
           PERFORM FIND-HOLD
           CALL "cloudcircuit_ledger_release" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
                            CC-LEDGER-HOLD CC-LEDGER-DECISION
               RETURNING STATUS-CODE
           MOVE CC-LEDGER-HOLD TO HOLD (HX)
           PERFORM CHECK-DECISION.

       LEDGER-RECORD-LINE.
           PERFORM NEXT-NUMBER
           CALL "cloudcircuit_ledger_record" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
               BY VALUE SIZE 8 NUMBER-VALUE
               BY REFERENCE CC-LEDGER-DECISION
               RETURNING STATUS-CODE
           PERFORM CHECK-DECISION.

       LEDGER-ROLL-LINE.
           PERFORM NEXT-NUMBER
           CALL "cloudcircuit_ledger_roll" USING
               BY REFERENCE CC-LEDGER-CONFIG CC-LEDGER-STATE
               BY VALUE SIZE 8 NUMBER-VALUE
               BY REFERENCE CC-LEDGER-DECISION
               RETURNING STATUS-CODE
           PERFORM CHECK-DECISION.

       CHECK-DECISION.
           PERFORM CHECK-STATUS
           MOVE CC-SETTLED OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-HELD OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-AVAILABLE OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-OVERSHOOT OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-ALLOWED OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-REASON OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-CROSSED OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER
           MOVE CC-NEWLY-CROSSED OF CC-LEDGER-DECISION TO SHOWN
           PERFORM CHECK-NUMBER.

           COPY "golden_text.cpy".
