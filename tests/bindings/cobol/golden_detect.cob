      *> Runs the golden cases of the detector, its scan and tracker, and
      *> the forecast. Their doubles are read by C's sscanf, as COBOL
      *> makes no exact double of a decimal text, and compared bit for
      *> bit. CASES is the file; golden.cob names the kinds of all cases.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. GOLDEN-DETECT.

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

       01  DOUBLE-VALUE                COMP-2.
       01  DOUBLE-BITS REDEFINES DOUBLE-VALUE PIC X(8).
       01  FOUND-VALUE                 COMP-2.
       01  FOUND-BITS REDEFINES FOUND-VALUE PIC X(8).
      *> By name: a static call would redeclare what stdio.h declares.
       01  C-FUNCTION                  PIC X(6) VALUE "sscanf".
       01  READ-COUNT                  BINARY-LONG.

       01  SERIES.
           05  POINT                   COMP-2 OCCURS 200.
       01  SERIES-LEN                  BINARY-DOUBLE.
       01  PX                          BINARY-LONG.

       01  FLAGS-COLUMN.
           05  COL-FLAGS               BINARY-CHAR UNSIGNED OCCURS 200.
       01  EXPECTED-COLUMN.
           05  COL-EXPECTED            COMP-2 OCCURS 200.
       01  BOUND-COLUMN.
           05  COL-BOUND               COMP-2 OCCURS 200.

      *> The words of a line of which one is a list, and its length.
       01  LISTS.
           05  LIST                    PIC X(2000) OCCURS 2.
       01  LX                          BINARY-LONG.
       01  LIST-AT                     BINARY-LONG.
       01  LIST-LENS.
           05  LIST-LEN                BINARY-DOUBLE OCCURS 2.
       01  PERIOD-AT                   BINARY-LONG.
       01  PERIOD-LEN                  BINARY-DOUBLE.
       01  BUDGET-LIMIT                COMP-2.

      *> Results by their fields' kinds.
       01  DETECTED.
           05  DETECTED-DOUBLE         COMP-2 OCCURS 7.
           05  DETECTED-NUMBER         BINARY-LONG OCCURS 6.
       01  FORECAST.
           05  FORECAST-DOUBLE         COMP-2 OCCURS 6.
           05  FORECAST-POINT          BINARY-DOUBLE.
           05  FORECAST-NUMBER         BINARY-LONG OCCURS 2.
       01  RX                          BINARY-LONG.

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
           DISPLAY "RUN " CASES-RUN " LEFT OUT " CASES-LEFT-OUT
               " FAILURES " FAILURES
           MOVE FUNCTION MIN (FAILURES 1) TO RETURN-CODE
           STOP RUN.

       ONE-LINE.
           UNSTRING CASE-LINE DELIMITED BY " " INTO ITEM (1)
           ADD 1 TO CASES-RUN
           EVALUATE ITEM (1)
               WHEN "detect_config" PERFORM DETECT-CONFIG-LINE
               WHEN "detect"        PERFORM DETECT-LINE
               WHEN "detect_scan"   PERFORM SCAN-LINE
               WHEN "detect_init"   PERFORM TRACKER-INIT-LINE
               WHEN "detect_update" PERFORM TRACKER-UPDATE-LINE
               WHEN "forecast"      PERFORM FORECAST-LINE
               WHEN OTHER
                   SUBTRACT 1 FROM CASES-RUN
                   ADD 1 TO CASES-LEFT-OUT
           END-EVALUATE.

       READ-DOUBLE.
           CALL C-FUNCTION USING BY REFERENCE NUMBER-TEXT
               BY CONTENT Z"%lf" BY REFERENCE DOUBLE-VALUE
               RETURNING READ-COUNT
           IF READ-COUNT NOT = 1
               DISPLAY "NO NUMBER: " FUNCTION TRIM (NUMBER-TEXT)
               ADD 1 TO FAILURES
           END-IF.

       NEXT-DOUBLE.
           ADD 1 TO AT-ITEM
           MOVE ITEM (AT-ITEM) TO NUMBER-TEXT
           PERFORM READ-DOUBLE.

       CHECK-DOUBLE.
           ADD 1 TO ANSWER-AT
           MOVE ITEM (ANSWER-AT) TO NUMBER-TEXT
           PERFORM READ-DOUBLE
           IF FOUND-BITS NOT = DOUBLE-BITS
               DISPLAY FUNCTION TRIM (CASE-LINE) ": "
                   FOUND-VALUE ", NOT " DOUBLE-VALUE
               ADD 1 TO FAILURES
           END-IF.

      *> An empty series leaves an empty word.
       READ-SERIES.
           MOVE 0 TO SERIES-LEN
           PERFORM UNTIL ITEM (AT-ITEM + 1) = "=>" OR SPACES
               PERFORM NEXT-DOUBLE
               ADD 1 TO SERIES-LEN
               MOVE DOUBLE-VALUE TO POINT (SERIES-LEN)
           END-PERFORM.

       DETECT-CONFIG-LINE.
           PERFORM SPLIT-LINE
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-SEASON-LENGTH OF CC-DETECT-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-WINDOW OF CC-DETECT-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-LAG-POINTS OF CC-DETECT-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-NEGATIVE-POINTS OF CC-DETECT-CONFIG
           PERFORM NEXT-DOUBLE
           MOVE DOUBLE-VALUE TO CC-SCORE-THRESHOLD OF CC-DETECT-CONFIG
           PERFORM NEXT-DOUBLE
           MOVE DOUBLE-VALUE TO CC-MIN-IMPACT OF CC-DETECT-CONFIG
           PERFORM NEXT-DOUBLE
           MOVE DOUBLE-VALUE
               TO CC-MIN-RELATIVE-IMPACT OF CC-DETECT-CONFIG
           PERFORM NEXT-DOUBLE
           MOVE DOUBLE-VALUE TO CC-MIN-BASELINE OF CC-DETECT-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-START-TIME OF CC-DETECT-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-STEP OF CC-DETECT-CONFIG.

       DETECT-LINE.
           PERFORM SPLIT-LINE
           PERFORM READ-SERIES
           CALL "cloudcircuit_detect_spike" USING
               BY REFERENCE SERIES
               BY VALUE SIZE 8 SERIES-LEN
               BY REFERENCE CC-DETECT-CONFIG CC-DETECT-RESULT
               RETURNING STATUS-CODE
           PERFORM CHECK-DETECTED.

       CHECK-DETECTED.
           PERFORM CHECK-STATUS
           MOVE CC-DETECT-RESULT TO DETECTED
           PERFORM VARYING RX FROM 1 BY 1 UNTIL RX > 7
               MOVE DETECTED-DOUBLE (RX) TO FOUND-VALUE
               PERFORM CHECK-DOUBLE
           END-PERFORM
      *>   The last is reserved.
           PERFORM VARYING RX FROM 1 BY 1 UNTIL RX > 5
               MOVE DETECTED-NUMBER (RX) TO SHOWN
               PERFORM CHECK-NUMBER
           END-PERFORM.

       SCAN-LINE.
           PERFORM SPLIT-LINE
           PERFORM READ-SERIES
           CALL "cloudcircuit_scan_spikes" USING
               BY REFERENCE SERIES
               BY VALUE SIZE 8 SERIES-LEN
               BY REFERENCE CC-DETECT-CONFIG FLAGS-COLUMN
                            EXPECTED-COLUMN BOUND-COLUMN
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS
           PERFORM VARYING PX FROM 1 BY 1 UNTIL PX > SERIES-LEN
               MOVE COL-FLAGS (PX) TO SHOWN
               PERFORM CHECK-NUMBER
               MOVE COL-EXPECTED (PX) TO FOUND-VALUE
               PERFORM CHECK-DOUBLE
               MOVE COL-BOUND (PX) TO FOUND-VALUE
               PERFORM CHECK-DOUBLE
           END-PERFORM.

       TRACKER-INIT-LINE.
           PERFORM SPLIT-LINE
           CALL "cloudcircuit_spike_tracker_init" USING
               BY REFERENCE CC-DETECT-CONFIG CC-SPIKE-TRACKER-STATE
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS.

       TRACKER-UPDATE-LINE.
           PERFORM SPLIT-LINE
           PERFORM NEXT-DOUBLE
           CALL "cloudcircuit_spike_tracker_update" USING
               BY REFERENCE CC-SPIKE-TRACKER-STATE
               BY VALUE DOUBLE-VALUE
               BY REFERENCE CC-DETECT-RESULT
               RETURNING STATUS-CODE
           PERFORM CHECK-DETECTED.

      *> History and period are lists with commas; "-" is an empty one.
       SPLIT-LISTS.
           MOVE 1 TO LIST-AT
           PERFORM 8 TIMES
               UNSTRING CASE-LINE DELIMITED BY " "
                   INTO LIST (1) WITH POINTER LIST-AT
           END-PERFORM
           PERFORM VARYING LX FROM 1 BY 1 UNTIL LX > 2
               MOVE SPACES TO LIST (LX)
               UNSTRING CASE-LINE DELIMITED BY " "
                   INTO LIST (LX) WITH POINTER LIST-AT
               MOVE 0 TO LIST-LEN (LX)
               IF LIST (LX) NOT = "-"
                   INSPECT LIST (LX)
                       TALLYING LIST-LEN (LX) FOR ALL ","
                   ADD 1 TO LIST-LEN (LX)
               END-IF
           END-PERFORM
           INSPECT CASE-LINE REPLACING ALL "," BY " "
           PERFORM SPLIT-LINE.

       FORECAST-LINE.
           PERFORM SPLIT-LISTS
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-SEASON-LENGTH OF CC-FORECAST-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-LAG-POINTS OF CC-FORECAST-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE
               TO CC-NEGATIVE-POINTS OF CC-FORECAST-CONFIG
           MOVE 0 TO CC-RESERVED OF CC-FORECAST-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-START-TIME OF CC-FORECAST-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO CC-STEP OF CC-FORECAST-CONFIG
           PERFORM NEXT-NUMBER
           MOVE NUMBER-VALUE TO PERIOD-LEN
           PERFORM NEXT-DOUBLE
           MOVE DOUBLE-VALUE TO BUDGET-LIMIT
           MOVE 0 TO PX
           PERFORM VARYING LX FROM 1 BY 1 UNTIL LX > 2
               IF LIST-LEN (LX) = 0
                   ADD 1 TO AT-ITEM
               END-IF
               PERFORM LIST-LEN (LX) TIMES
                   PERFORM NEXT-DOUBLE
                   ADD 1 TO PX
                   MOVE DOUBLE-VALUE TO POINT (PX)
               END-PERFORM
           END-PERFORM
           COMPUTE PERIOD-AT = LIST-LEN (1) + 1
           CALL "cloudcircuit_forecast_budget" USING
               BY REFERENCE SERIES
               BY VALUE SIZE 8 LIST-LEN (1)
               BY REFERENCE POINT (PERIOD-AT)
               BY VALUE SIZE 8 LIST-LEN (2) PERIOD-LEN
               BY VALUE BUDGET-LIMIT
               BY REFERENCE CC-FORECAST-CONFIG CC-FORECAST-RESULT
               RETURNING STATUS-CODE
           PERFORM CHECK-STATUS
           MOVE CC-FORECAST-RESULT TO FORECAST
           PERFORM VARYING RX FROM 1 BY 1 UNTIL RX > 6
               MOVE FORECAST-DOUBLE (RX) TO FOUND-VALUE
               PERFORM CHECK-DOUBLE
           END-PERFORM
           MOVE FORECAST-POINT TO SHOWN
           PERFORM CHECK-NUMBER
           PERFORM VARYING RX FROM 1 BY 1 UNTIL RX > 2
               MOVE FORECAST-NUMBER (RX) TO SHOWN
               PERFORM CHECK-NUMBER
           END-PERFORM.

           COPY "golden_text.cpy".
