package org.openingminute.registration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.openingminute.kit.testing.FaultRules;
import org.openingminute.kit.testing.StructureRules;

/** Proves the rules on dependencies between packages, by ArchUnit on the compiled classes. */
@AnalyzeClasses(packages = "org.openingminute.registration", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** The 12 of every service, and those of the waiting room, the desk's index, pages, acts and files. */
    private static final int PACKAGES = 17;

    @ArchTest
    static final ArchRule no_log_quotes_an_exception = FaultRules.except("CommitFailure");

    @ArchTest
    static final ArchRule service_keeps_the_structure_of_every_module =
            StructureRules.of("org.openingminute.registration", PACKAGES);

    @ArchTest
    static final ArchRule rules_use_no_framework_and_no_database = noClasses()
            .that()
            .resideInAnyPackage("..registration.sale..", "..registration.inventory..", "..registration.lifecycle..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "java.sql..", "org.apache.kafka..", "..messaging..");

    @ArchTest
    static final ArchRule sale_uses_neither_inventory_nor_lifecycle = noClasses()
            .that()
            .resideInAPackage("..registration.sale..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..registration.inventory..", "..registration.lifecycle..");

    @ArchTest
    static final ArchRule decisions_use_no_http_no_database_and_no_broker = noClasses()
            .that()
            .resideInAPackage("..registration.decision..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.sql..",
                    "org.springframework.http..",
                    "org.springframework.jdbc..",
                    "org.springframework.transaction..",
                    "org.apache.kafka..",
                    "..registration.admission..");

    @ArchTest
    static final ArchRule holds_end_by_the_databases_clock = noClasses()
            .that()
            .haveSimpleName("HoldExpiryJob")
            .or()
            .haveSimpleName("RegistrationRepository")
            .should()
            .dependOnClassesThat()
            .haveSimpleName("BusinessClock")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Instant");

    @ArchTest
    static final ArchRule service_uses_no_other_service = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.openingminute.payment..",
                    "org.openingminute.notification..",
                    "org.openingminute.gateway..",
                    "org.openingminute.contracts..",
                    "org.openingminute.local..");

    @ArchTest
    static final ArchRule only_messaging_sends_to_kafka = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.springframework.kafka.core.KafkaTemplate")
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka.clients.producer..");
}
