package org.openingminute.payment;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.web.bind.annotation.RestControllerAdvice;

@AnalyzeClasses(packages = "org.openingminute.payment", importOptions = ImportOption.DoNotIncludeTests.class)
class StructureTest {

    private static final String ROOT = "org.openingminute.payment";
    private static final String SANDBOX = ROOT + ".sandbox..";

    @ArchTest
    static final ArchRule nothing_uses_the_sandbox_but_over_http = noClasses()
            .that()
            .resideOutsideOfPackage(SANDBOX)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SANDBOX);

    @ArchTest
    static final ArchRule the_sandbox_knows_nothing_of_payments = noClasses()
            .that()
            .resideInAPackage(SANDBOX)
            .should()
            .dependOnClassesThat(resideInAPackage(ROOT + "..")
                    .and(not(resideInAnyPackage(ROOT, SANDBOX, ROOT + ".money..", ROOT + ".web..", ROOT + ".work.."))));

    @ArchTest
    static final ArchRule rules_ask_neither_the_system_nor_the_world = noClasses()
            .that()
            .resideInAPackage(ROOT + ".payment..")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "java.sql..", "java.net.http..");

    @ArchTest
    static final ArchRule time_and_ids_come_in_from_outside = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule only_messaging_speaks_to_the_broker =
            noClasses().should().dependOnClassesThat().areAssignableTo(KafkaTemplate.class);

    @ArchTest
    static final ArchRule advice_of_the_kit_answers_for_all =
            noClasses().should().beAnnotatedWith(RestControllerAdvice.class);

    @ArchTest
    static final ArchRule packages_do_not_go_round_in_circles =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();
}
