package org.openingminute.payment;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.openingminute.kit.testing.FaultRules;
import org.openingminute.kit.testing.StructureRules;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.ops.Localizer;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Proves the rules on dependencies between packages, by ArchUnit on the compiled classes. */
@AnalyzeClasses(packages = "org.openingminute.payment", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "org.openingminute.payment";
    private static final String SANDBOX = ROOT + ".sandbox..";

    @ArchTest
    static final ArchRule no_log_quotes_an_exception = FaultRules.except();

    @ArchTest
    static final ArchRule service_keeps_the_structure_of_every_module = StructureRules.of(ROOT);

    @ArchTest
    static final ArchRule only_http_reaches_the_sandbox = noClasses()
            .that()
            .resideOutsideOfPackage(SANDBOX)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SANDBOX);

    @ArchTest
    static final ArchRule sandbox_uses_only_money_and_texts_of_the_service = noClasses()
            .that()
            .resideInAPackage(SANDBOX)
            .should()
            .dependOnClassesThat(resideInAPackage(ROOT + "..")
                    .and(not(resideInAnyPackage(ROOT, SANDBOX)))
                    .and(not(equivalentTo(Money.class).or(equivalentTo(Localizer.class)))));

    @ArchTest
    static final ArchRule rules_use_no_clock_no_framework_and_no_network = noClasses()
            .that()
            .resideInAPackage(ROOT + ".lifecycle..")
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

    /** Ending a dispute that the provider still has open would leave it impossible to lose or to reopen. */
    @ArchTest
    static final ArchRule only_a_provider_ends_a_dispute = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".lifecycle..", ROOT + ".provider..", ROOT + ".stripe..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(PaymentTrigger.DisputeEnded.class);

    @ArchTest
    static final ArchRule only_messaging_sends_to_kafka =
            noClasses().should().dependOnClassesThat().areAssignableTo(KafkaTemplate.class);

    @ArchTest
    static final ArchRule service_has_no_advice_beside_that_of_the_kit =
            noClasses().should().beAnnotatedWith(RestControllerAdvice.class);
}
