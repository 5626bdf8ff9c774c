package org.openingminute.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class FaultRulesTest {

    private static final Logger log = LoggerFactory.getLogger(FaultRulesTest.class);

    @ParameterizedTest
    @ValueSource(
            classes = {
                Logs.class,
                LogsAmongOthers.class,
                LogsInLambda.class,
                Adds.class,
                Formats.class,
                Reads.class,
                Refers.class
            })
    void message_that_is_quoted_is_found(Class<?> quoting) {
        assertThat(isRight(quoting)).isFalse();
    }

    @Test
    void fault_and_own_words_are_right() {
        assertThat(isRight(Right.class)).isTrue();
    }

    private static boolean isRight(Class<?> type) {
        return !FaultRules.except()
                .evaluate(new ClassFileImporter().importClasses(type))
                .hasViolation();
    }

    private static final class Logs {
        static void in(Runnable work) {
            try {
                work.run();
            } catch (RuntimeException e) {
                log.warn("failed", e);
            }
        }
    }

    private static final class LogsAmongOthers {
        static void in(Runnable work, String a, String b) {
            try {
                work.run();
            } catch (IllegalStateException | IllegalArgumentException e) {
                log.warn("failed {} {} {}", a, e, b);
            }
        }
    }

    private static final class LogsInLambda {
        static void in(CompletableFuture<String> work) {
            var _ = work.whenComplete((_, why) -> log.warn("failed {}", why));
        }
    }

    private static final class Adds {
        static String in(Exception e) {
            return "failed: " + e;
        }
    }

    private static final class Formats {
        static String in(Exception e) {
            return "failed: %s".formatted(e);
        }
    }

    private static final class Reads {
        static String in(Exception e) {
            return e.toString();
        }
    }

    private static final class Refers {
        static CompletableFuture<String> in(CompletableFuture<Exception> failed) {
            return failed.thenApply(Exception::getMessage);
        }
    }

    private static final class Right {
        static void in(Runnable work, String a) {
            try {
                work.run();
            } catch (Problem refused) {
                log.info("refused {}: {}", a, refused.getMessage());
            } catch (RuntimeException e) {
                log.warn("failed {}: {}", a, RedactedException.types(e));
                log.warn("failed {}", a, RedactedException.of(e));
                throw new IllegalStateException(a, e);
            }
        }
    }
}
