<?php
// Titles (a JSON list on stdin) to HTML (lines of JSON on stdout), in the variant of Chinese that VARIANT names.
// A maintenance script of MediaWiki 1.39 for bench/wiki_truth.py, which sets MW_INSTALL_PATH and MW_CONFIG_FILE.
require_once getenv( 'MW_INSTALL_PATH' ) . '/maintenance/Maintenance.php';

use MediaWiki\MediaWikiServices;

class RenderPages extends Maintenance {
	public function execute() {
		RequestContext::getMain()->getRequest()->setVal( 'variant', getenv( 'VARIANT' ) );
		$databases = MediaWikiServices::getInstance()->getDBLoadBalancerFactory();
		foreach ( json_decode( stream_get_contents( STDIN ) ) as $name ) {
			// Page rules stay in the language converter: a process for each page, as for each request on the web.
			$databases->closeAll();
			$child = pcntl_fork();
			if ( $child === 0 ) {
				$this->render( $name );
				exit( 0 );
			}
			pcntl_waitpid( $child, $status );
			if ( $status !== 0 ) {
				$this->fatalError( "cannot render $name" );
			}
		}
	}

	private function render( $name ) {
		$services = MediaWikiServices::getInstance();
		$title = Title::newFromText( $name );
		$text = $services->getWikiPageFactory()->newFromTitle( $title )->getContent()->getText();
		$output = $services->getParserFactory()->create()->parse( $text, $title, ParserOptions::newFromAnon() );
		$html = $output->getText( [ 'allowTOC' => false, 'enableSectionEditLinks' => false, 'unwrap' => true ] );
		fwrite( STDOUT, json_encode( [ 'title' => $name, 'html' => $html ], JSON_UNESCAPED_UNICODE ) . "\n" );
	}
}

$maintClass = RenderPages::class;
require_once RUN_MAINTENANCE_IF_MAIN;
